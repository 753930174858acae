package resolve

import (
	"fmt"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// after is what the unit of an app or chart comes after.
type after struct {
	At    model.Path // of the app or chart
	Names []string   // what it says
	Units []string   // those that Flux knows
}

// orders decides what comes after what.
type orders struct{ *scope.Scope }

// after is what each unit comes after, by its name: what its app or chart says, and for
// <chart>-config the chart's own unit.
func (r orders) after() map[string]after {
	out := map[string]after{}
	for name := range r.Apps {
		if app := r.Desired.Apps[name]; app.Namespace != "" {
			out[name] = r.afterOf("app", name, model.Path{"apps", name}, app.After)
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
	out := after{At: of, Names: names}
	for i, name := range names {
		at := of.Join("after", fmt.Sprint(i))
		switch c := r.Charts[name]; {
		case name == unit:
			r.Error(at, "app/after-cycle", fmt.Sprintf("%s %s comes after itself", kind, unit), "Flux would never apply it", "remove it")
		case c != nil && c.Declared.Outside != "": // it runs before Flux does
		case c == nil && r.Apps[name] == nil:
			r.UnknownApp(at, nil, name, fmt.Sprintf("%s %s comes after %s", kind, unit, name))
		default:
			out.Units = append(out.Units, name)
		}
	}
	return out
}
