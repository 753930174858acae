package resolve

import (
	"fmt"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// after is what a unit comes after.
type after struct {
	At    model.Path     // of the app, chart or workload that says so
	Units []string       // those that Flux knows
	Said  map[string]int // where in the field after a unit is named
}

// add adds units that one entry of after names.
func (a *after) add(entry int, units ...string) {
	for _, unit := range units {
		a.Units = append(a.Units, unit)
		a.Said[unit] = entry
	}
}

// orders decides what comes after what.
type orders struct{ *scope.Scope }

// after is what each unit comes after, by its name: what its app, chart or workload says,
// and for <chart>-config the chart's own unit.
func (r orders) after() map[string]after {
	out := map[string]after{}
	for name := range r.Apps {
		app := r.Desired.Apps[name]
		if app.Namespace == "" {
			continue
		}
		out[name] = r.afterOf("app", name, model.Path{"apps", name}, app.After)
		for _, w := range r.Apps[name] {
			if len(w.Declared.After) > 0 {
				out[w.Full] = r.afterWorkloads(w)
			}
		}
	}
	for name, c := range r.Charts {
		if _, twice := out[name]; c.Rendered() && !twice { // else it is reported
			out[name] = r.afterOf(c.Kind, name, c.At, c.Declared.After)
		}
		config := out[name+scope.ConfigSuffix]
		config.Units = append(config.Units, name)
		out[name+scope.ConfigSuffix] = config
	}
	return out
}

func (r orders) afterOf(kind, unit string, of model.Path, names []string) after {
	out := after{At: of, Said: map[string]int{}}
	for i, name := range names {
		at := of.Join("after", fmt.Sprint(i))
		switch c := r.Charts[name]; {
		case name == unit:
			r.Error(at, "app/after-cycle", fmt.Sprintf("%s %s comes after itself", kind, unit), "Flux would never apply it", "remove it")
		case c != nil && c.Declared.Outside != "": // it runs before Flux does
		case c == nil && r.Apps[name] == nil:
			r.UnknownApp(at, nil, name, fmt.Sprintf("%s %s comes after %s", kind, unit, name))
		default:
			out.add(i, r.UnitsOf(name)...)
		}
	}
	return out
}

// afterWorkloads is what the unit of a workload comes after: others of its app, and what
// they all share, in the app's own unit.
func (r orders) afterWorkloads(w *scope.Workload) after {
	out := after{At: w.At, Units: []string{w.AppName}, Said: map[string]int{}}
	others := map[string]*scope.Workload{}
	var names []string
	for _, other := range r.Apps[w.AppName] {
		if others[other.Name] = other; other != w {
			names = append(names, other.Name)
		}
	}
	for i, name := range w.Declared.After {
		at := w.At.Join("after", fmt.Sprint(i))
		switch other := others[name]; {
		case other == w:
			r.Error(at, "app/after-cycle", fmt.Sprintf("workload %s comes after itself", name), "", "remove it")
		case other == nil:
			r.Error(at, "app/unknown", fmt.Sprintf("workload %s comes after %s, which app %s does not have", w.Name, name, w.AppName),
				"", finding.DidYouMean(name, names, "name one of "+finding.AllSorted(names)+"; an app has an after of its own for other apps")).Like(name, names)
		case other.Kind() == "CronJob":
			r.Error(at, "app/kind", fmt.Sprintf("workload %s comes after %s, a CronJob, which is ready before it has run", w.Name, name), "", `run it once, as a Job, or remove it`)
		default:
			out.add(i, r.WorkloadUnit(other).Name)
		}
	}
	return out
}
