package render

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// The units of the whole cluster.
const (
	unitNamespaces    = "namespaces"
	unitMonitors      = "monitors"
	unitMiddlewares   = "middlewares"
	unitClasses       = "storage-classes"
	unitNotifications = model.UnitNotifications
	unitAccess        = "access"
	unitPolicies      = "policies"
	unitFlux          = "flux-system"
)

const (
	defaultInterval = time.Hour
	defaultTimeout  = 3 * time.Minute // how long one sick unit holds a worker
	retryInterval   = 2 * time.Minute
)

// made is an object, and the unit that it belongs to.
type made struct {
	unit unit
	*manifest.Object
}

// object is what the types of Kubernetes' own kinds have in common.
type object interface {
	metav1.Object
	runtime.Object
}

// of is a typed object that belongs to a unit, made from what stands at a path.
func of(u unit, gvk schema.GroupVersionKind, o object, origin model.Path) made {
	o.GetObjectKind().SetGroupVersionKind(gvk)
	return made{u, &manifest.Object{
		ID:         manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: o.GetNamespace(), Name: o.GetName()},
		APIVersion: gvk.GroupVersion().String(), Value: o, Origin: origin,
	}}
}

// ofCustom is an object of a kind that a chart brings.
func ofCustom[Spec any](u unit, gvk schema.GroupVersionKind, m metav1.ObjectMeta, spec Spec, origin model.Path) made {
	return of(u, gvk, &custom[Spec]{ObjectMeta: m, Spec: spec}, origin)
}

// unit says which Flux Kustomization an object belongs to.
type unit struct {
	Name   string
	Dir    string     // below the cluster's tree, slash-separated
	Origin model.Path // what it is made from
}

// unitOfCluster is one of the units that all apps share.
func unitOfCluster(name string, origin ...string) unit {
	return unit{Name: name, Dir: name, Origin: origin}
}

// namespacesUnit has all namespaces. All other units wait for it.
func namespacesUnit() unit { return unitOfCluster(unitNamespaces, "namespaces") }

// accessUnit has what people and programs are granted that are no app.
func accessUnit() unit { return unitOfCluster(unitAccess, "rbac") }

// monitorsUnit has all monitors: their kind comes with the Prometheus operator, and no
// app should wait for it.
func monitorsUnit() unit { return unitOfCluster(unitMonitors, "cluster", "metrics") }

// middlewaresUnit has the middlewares for the Traefik that K3s brings.
func middlewaresUnit() unit {
	return unitOfCluster(unitMiddlewares, "cluster", "ingress", "middlewares")
}

// classesUnit has the storage classes of the provisioner that K3s brings.
func classesUnit() unit { return unitOfCluster(unitClasses, "cluster", "storage") }

// notificationsUnit tells Flux whom to tell of its units.
func notificationsUnit() unit { return unitOfCluster(unitNotifications, "cluster", "notifications") }

// policiesUnit has the admission policies that the cluster chose.
func policiesUnit() unit { return unitOfCluster(unitPolicies, "cluster", "policies") }

// appUnit has what an app is made of. An app without a namespace has none.
func (r *scope) appUnit(name string) unit {
	return unit{Name: name, Dir: r.d.Apps[name].Namespace + "/" + name, Origin: model.Path{"apps", name}}
}

// unit has the release of a chart, and what belongs to it.
func (c *chart) unit() unit {
	return unit{Name: c.owner, Dir: c.Namespace + "/" + c.owner, Origin: c.at}
}

// configSuffix ends the name of the unit with a chart's own objects.
const configSuffix = "-config"

// config is the unit <chart>-config: what is made of kinds that the chart brings,
// and so waits for it.
func (c *chart) config() unit {
	name := c.owner + configSuffix
	return unit{Name: name, Dir: c.Namespace + "/" + name, Origin: c.at}
}

// rendered reports whether the chart is installed by Flux.
func (c *chart) rendered() bool { return c.Outside == "" && c.Namespace != "" }

// reservedUnits are names that an app or chart cannot have.
func reserved(name string) bool {
	return slices.Contains([]string{unitNamespaces, unitMonitors, unitAccess, unitMiddlewares, unitClasses, unitNotifications, unitPolicies, unitFlux}, name)
}
