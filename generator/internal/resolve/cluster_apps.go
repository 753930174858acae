package resolve

import "stillsuit.dev/generator/internal/resolve/workload"

// resolvedApps are the apps that are on, by name.
type resolvedApps struct {
	Apps   map[string]*workload.App
	byUnit map[string][]*workload.Resolved // those that are applied with a unit
}

func newResolvedApps(apps map[string]*workload.App) resolvedApps {
	out := resolvedApps{apps, map[string][]*workload.Resolved{}}
	for _, a := range apps {
		for _, w := range a.Workloads {
			out.byUnit[w.Unit.Name] = append(out.byUnit[w.Unit.Name], w)
		}
	}
	return out
}
