package resolve

import "stillsuit.dev/generator/internal/resolve/workload"

// resolvedApps are the apps that are on, by name.
type resolvedApps struct {
	Apps map[string]*workload.App
}
