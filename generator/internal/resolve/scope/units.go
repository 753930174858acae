package scope

import (
	"slices"
	"time"

	"stillsuit.dev/generator/model"
)

// The units of the whole cluster.
const (
	UnitNamespaces    = "namespaces"
	UnitMonitors      = "monitors"
	unitMiddlewares   = "middlewares"
	unitIngress       = "ingress-controller"
	unitClasses       = "storage-classes"
	UnitNotifications = model.UnitNotifications
	unitAccess        = "access"
	unitPolicies      = "policies"
	unitIsolation     = "isolation"
	UnitFlux          = "flux-system"
)

// How often Flux looks whether something changed, how long one sick unit holds a worker,
// and how soon Flux tries again.
const (
	DefaultInterval = time.Hour
	DefaultTimeout  = 3 * time.Minute
	RetryInterval   = 2 * time.Minute
)

// Unit says which Flux Kustomization an object belongs to.
type Unit struct {
	Name   string
	Dir    string     // below the cluster's tree, slash-separated
	Origin model.Path // what it is made from
}

// unitOfCluster is one of the units that all apps share.
func unitOfCluster(name string, origin ...string) Unit {
	return Unit{Name: name, Dir: name, Origin: origin}
}

// NamespacesUnit has all namespaces. All other units wait for it.
func NamespacesUnit() Unit { return unitOfCluster(UnitNamespaces, "namespaces") }

// AccessUnit has what people and programs are granted that are no app.
func AccessUnit() Unit { return unitOfCluster(unitAccess, "rbac") }

// MonitorsUnit has all monitors: their kind comes with the Prometheus operator, and no
// app should wait for it.
func MonitorsUnit() Unit { return unitOfCluster(UnitMonitors, "cluster", "metrics") }

// MiddlewaresUnit has the middlewares for the Traefik that K3s brings.
func MiddlewaresUnit() Unit {
	return unitOfCluster(unitMiddlewares, "cluster", "ingress", "middlewares")
}

// IngressUnit tells the Traefik that K3s brings what the cluster needs of it.
func IngressUnit() Unit { return unitOfCluster(unitIngress, "cluster", "ingress") }

// ClassesUnit has the storage classes of the provisioner that K3s brings.
func ClassesUnit() Unit { return unitOfCluster(unitClasses, "cluster", "storage") }

// NotificationsUnit tells Flux whom to tell of its units.
func NotificationsUnit() Unit { return unitOfCluster(UnitNotifications, "cluster", "notifications") }

// PoliciesUnit has the admission policies that the cluster chose.
func PoliciesUnit() Unit { return unitOfCluster(unitPolicies, "cluster", "policies") }

// IsolationUnit has what shuts namespaces that something else makes. No unit waits for it:
// it fails where such a namespace is not there.
func IsolationUnit() Unit { return unitOfCluster(unitIsolation, "namespaces") }

// AppUnit has what an app is made of. An app without a namespace has none.
func (r *Scope) AppUnit(name string) Unit {
	return Unit{Name: name, Dir: r.Desired.Apps[name].Namespace + "/" + name, Origin: model.Path{"apps", name}}
}

// WorkloadUnit is what a workload is applied with: its app, or what comes after other workloads of
// the app by itself.
func (r *Scope) WorkloadUnit(w *Workload) Unit {
	if len(w.Declared.After) == 0 {
		return r.AppUnit(w.AppName)
	}
	return Unit{Name: w.Full, Dir: w.Namespace + "/" + w.Full, Origin: w.At}
}

// UnitsOf are the units of an app or chart, by what after calls it; each waits for those
// before it.
func (r *Scope) UnitsOf(name string) []string {
	out := []string{name}
	for _, w := range r.Apps[name] {
		if len(w.Declared.After) > 0 {
			out = append(out, w.Full)
		}
	}
	return out
}

// Unit has the release of a chart, and what belongs to it.
func (c *Chart) Unit() Unit {
	return Unit{Name: c.Owner, Dir: c.Declared.Namespace + "/" + c.Owner, Origin: c.At}
}

// ConfigSuffix ends the name of the unit with a chart's own objects.
const ConfigSuffix = "-config"

// Config is the unit <chart>-config: what is made of kinds that the chart brings,
// and so waits for it.
func (c *Chart) Config() Unit {
	name := c.Owner + ConfigSuffix
	return Unit{Name: name, Dir: c.Declared.Namespace + "/" + name, Origin: c.At}
}

// Rendered reports whether the chart is installed by Flux.
func (c *Chart) Rendered() bool { return c.Declared.Outside == "" && c.Declared.Namespace != "" }

// Reserved reports names that an app or chart cannot have.
func Reserved(name string) bool {
	return slices.Contains([]string{UnitNamespaces, UnitMonitors, unitAccess, unitMiddlewares, unitIngress, unitClasses, UnitNotifications, unitPolicies, unitIsolation, UnitFlux}, name)
}
