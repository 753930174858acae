package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/render/facts"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

func TestTargets(t *testing.T) {
	targets := func(namespace string, addresses ...string) func(*model.Cluster) {
		return func(c *model.Cluster) {
			c.Metrics = &model.Scraper{Namespace: namespace, Targets: map[string]model.ScrapeTarget{"nas": {Addresses: addresses}}}
		}
	}
	s, o := offeredBy(targets("site", "192.168.1.30:9100", "nas.example.com:9100"))
	require.Empty(t, s.Findings)
	require.Equal(t, map[string]string{id("monitoring.coreos.com", "ScrapeConfig", "site", "nas"): scope.UnitMonitors}, called(facts.ScrapeConfigs(o.Targets)))
	require.Len(t, s.Apps["web"][0].Flows.Out, 1, "what may be the scraper gets to the address, and to no name")

	refuses(t, map[string]mistake{
		"the scraper is nowhere": {code: "app/missing-field", declare: targets("", "192.168.1.30:9100")},
		"it has no addresses":    {code: "app/missing-field", declare: targets("site")},
		"no port has the number": {code: "network/bad-address", declare: targets("site", "192.168.1.30:91000")},
		"nothing has the name":   {code: "network/no-service", declare: targets("site", "other.site.svc:9100")},
	})
}
