package render

import (
	"fmt"

	"stillsuit.dev/generator/model"
)

// after is what the unit of an app or chart comes after.
type after struct {
	at    model.Path // of the app or chart
	names []string   // what it says
	units []string   // those that Flux knows
}

// orders decides what comes after what.
type orders struct{ *scope }

// after is what each unit comes after, by its name: what its app or chart says, and for
// <chart>-config the chart's own unit.
func (r orders) after() map[string]after {
	out := map[string]after{}
	for name := range r.apps {
		if app := r.d.Apps[name]; app.Namespace != "" {
			out[name] = r.afterOf("app", name, model.Path{"apps", name}, app.After)
		}
	}
	for name, c := range r.charts {
		if _, twice := out[name]; c.rendered() && !twice { // else it is reported
			out[name] = r.afterOf(c.kind, name, c.at, c.After)
		}
		config := out[name+configSuffix]
		config.units = append(config.units, name)
		out[name+configSuffix] = config
	}
	return out
}

func (r orders) afterOf(kind, unit string, of model.Path, names []string) after {
	out := after{at: of, names: names}
	for i, name := range names {
		at := of.Join("after", fmt.Sprint(i))
		switch c := r.charts[name]; {
		case name == unit:
			r.Error(at, "app/after-cycle", fmt.Sprintf("%s %s comes after itself", kind, unit), "Flux would never apply it", "remove it")
		case c != nil && c.Outside != "": // it runs before Flux does
		case c == nil && r.apps[name] == nil:
			r.unknownApp(at, nil, name, fmt.Sprintf("%s %s comes after %s", kind, unit, name))
		default:
			out.units = append(out.units, name)
		}
	}
	return out
}
