// Package render makes the objects of a cluster from what resolve decided about it. It
// reports nothing, and the order in which pieces are made is all the same.
package render

import (
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/generator/internal/render/access"
	"stillsuit.dev/generator/internal/render/facts"
	"stillsuit.dev/generator/internal/render/flux"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/render/policies"
	"stillsuit.dev/generator/internal/render/traffic"
	"stillsuit.dev/generator/internal/render/workload"
	"stillsuit.dev/generator/internal/render/workspace"
	"stillsuit.dev/generator/internal/resolve"
	offered "stillsuit.dev/generator/internal/resolve/facts"
	resolved "stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// Piece is what is made of one entry.
type Piece struct {
	What string     // as a sentence calls it: "app"
	At   model.Path // of the entry
	Make func() []object.Made
}

// Pieces are all that a cluster is made of. The order in which they are made is all the
// same.
func Pieces(c *resolve.Cluster) []Piece {
	return slices.Concat(appPieces(c), trafficPieces(c), restPieces(c))
}

func appPieces(c *resolve.Cluster) []Piece {
	var out []Piece
	for _, name := range slices.Sorted(maps.Keys(c.Apps)) {
		a := c.Apps[name]
		out = append(out, Piece{"app", a.Unit.Origin, func() []object.Made { return appObjects(c, a) }})
	}
	return out
}

// appObjects are those of one app.
func appObjects(c *resolve.Cluster, a *resolved.App) []object.Made {
	out := object.Secrets(a.Unit, a.Secrets)
	for _, w := range a.Workloads {
		out = append(out, workload.Controller(c, w.Unit, w))
		out = slices.Concat(out, workload.AccountObject(a.Unit, w), workload.ConfigMapOf(w.Unit, w), workload.OwnClaims(w.Unit, w), workload.Shares(w.Unit, w), workload.ServiceOfWorkload(w.Unit, w), workload.Disruption(w.Unit, w))
	}
	return append(out, object.Raw(a.Unit, a.Objects)...)
}

// trafficPieces are what is made of the ways in and out of each app and chart, and of
// each fact.
func trafficPieces(c *resolve.Cluster) []Piece {
	var out []Piece
	of := func(at model.Path, make func() []object.Made) { // the app or chart of a path
		out = append(out, Piece{strings.TrimSuffix(at[0], "s"), at[:2], make})
	}
	for _, x := range c.Routes {
		of(x.At, func() []object.Made { return traffic.Ingress(x) })
	}
	for _, x := range c.Balancers {
		of(x.At, func() []object.Made { return traffic.LoadBalancer(x) })
	}
	for _, x := range c.Monitors {
		of(x.At, func() []object.Made { return facts.Scraped(x) })
	}
	for _, x := range c.NetworkPolicies {
		of(x.Of.At, func() []object.Made { return append(traffic.NetworkPolicyOf(x), traffic.CiliumPolicyOf(x)...) })
	}
	return append(out,
		Piece{offered.PieceFact, offered.PathPools, func() []object.Made { return facts.AddressPools(c.Pools) }},
		Piece{offered.PieceFact, offered.PathCertificates, func() []object.Made { return facts.ClusterIssuers(c.Authorities) }},
		Piece{offered.PieceFact, offered.PathIngress, func() []object.Made { return append(facts.BundledTraefik(c.Traefik), facts.Redirect(c.Redirect)...) }},
		Piece{offered.PieceFact, offered.PathStorage, func() []object.Made { return facts.StorageClasses(c.Classes) }},
		Piece{offered.PieceFact, offered.PathMiddlewares, func() []object.Made { return facts.TraefikMiddlewares(c.Middlewares) }},
		Piece{offered.PieceFact, offered.PathBackups, func() []object.Made { return facts.BackupStores(c.Stores) }},
		Piece{offered.PieceFact, offered.PathBackups, func() []object.Made { return facts.Replications(c.Replications) }},
		Piece{offered.PieceFact, offered.PathMetrics, func() []object.Made { return facts.ScrapeConfigs(c.Targets) }},
		Piece{offered.PieceFact, offered.PathNotifications, func() []object.Made { return facts.Notifications(c) }},
	)
}

// restPieces are charts, namespaces, access and policies.
func restPieces(c *resolve.Cluster) []Piece {
	var out []Piece
	entry := func(at model.Path, make func() []object.Made) {
		what := map[string]string{"apps": "app", "charts": "chart", "rbac": "entry of rbac"}[at[0]]
		out = append(out, Piece{what, at[:2], make})
	}
	for _, ns := range c.Namespaces {
		out = append(out, Piece{"namespace", model.Path{"namespaces", ns.Name}, func() []object.Made { return workspace.NamespaceObjects(c, ns) }})
	}
	out = append(out, Piece{"section", model.Path{"cluster", "importance"}, func() []object.Made { return workspace.PriorityClasses(c.Importance) }})
	for _, p := range c.Policies.Asked {
		out = append(out, Piece{"policy", model.Path{"cluster", "policies"}, func() []object.Made { return []object.Made{policies.Validating(c, p)} }})
	}
	for _, x := range c.Charts {
		entry(x.At, func() []object.Made { return flux.ChartObjects(c, x) })
	}
	for _, a := range c.Access.Accounts {
		entry(a.At, func() []object.Made { return []object.Made{access.OutsiderObject(a)} })
	}
	for _, r := range c.Access.Roles {
		entry(r.At, func() []object.Made { return []object.Made{access.RoleObject(r)} })
	}
	for _, b := range c.Access.Bindings {
		entry(b.At, func() []object.Made { return []object.Made{access.BindingObject(b)} })
	}
	return out
}
