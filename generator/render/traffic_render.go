package render

import (
	"strings"

	"stillsuit.dev/generator/model"
)

// trafficPieces are what is made of the ways in and out of each app and chart, and of
// each fact.
func trafficPieces(c *cluster) []piece {
	var out []piece
	of := func(at model.Path, make func() []made) { // the app or chart of a path
		out = append(out, piece{strings.TrimSuffix(at[0], "s"), at[:2], make})
	}
	for _, x := range c.routes {
		of(x.at, func() []made { return ingress(x) })
	}
	for _, x := range c.balancers {
		of(x.at, func() []made { return loadBalancer(x) })
	}
	for _, x := range c.monitors {
		of(x.at, func() []made { return scraped(x) })
	}
	for _, x := range c.networkPolicies {
		of(x.of.at, func() []made { return networkPolicyOf(x) })
	}
	return append(out,
		piece{pieceFact, pathPools, func() []made { return addressPools(c.pools) }},
		piece{pieceFact, pathCertificates, func() []made { return clusterIssuers(c.authorities) }},
		piece{pieceFact, pathStorage, func() []made { return storageClasses(c.classes) }},
		piece{pieceFact, pathMiddlewares, func() []made { return traefikMiddlewares(c.middlewares) }},
		piece{pieceFact, pathBackups, func() []made { return backupStores(c.stores) }},
		piece{pieceFact, pathMetrics, func() []made { return scrapeConfigs(c.targets) }},
		piece{pieceFact, pathNotifications, func() []made { return notifications(c) }},
	)
}
