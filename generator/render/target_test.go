package render

import (
	"testing"

	"github.com/stretchr/testify/require"

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
	require.Equal(t, map[string]string{id("monitoring.coreos.com", "ScrapeConfig", "site", "nas"): unitMonitors}, called(scrapeConfigs(o.targets)))
	require.Len(t, s.apps["web"][0].flows.out, 1, "what may be the scraper gets to the address, and to no name")

	refuses(t, map[string]mistake{
		"the scraper is nowhere": {"app/missing-field", targets("", "192.168.1.30:9100")},
		"it has no addresses":    {"app/missing-field", targets("site")},
		"no port has the number": {"network/bad-address", targets("site", "192.168.1.30:91000")},
		"nothing has the name":   {"network/no-service", targets("site", "other.site.svc:9100")},
	})
}
