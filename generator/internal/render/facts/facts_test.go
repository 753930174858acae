package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	resolved "stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// offeredBy is what a cluster offers that has the charts which facts are for, an app in
// namespace site, and the facts that are declared.
func offeredBy(declare func(c *model.Cluster)) (*scope.Scope, resolved.Offered) {
	d := &model.Desired{Places: model.NewPlaces(nowhere{})}
	d.Cluster.Name = "demo"
	d.Apps = map[string]*model.App{"web": {
		Namespace: "site",
		Workloads: map[string]*model.Workload{"": {Containers: map[string]*model.Container{"main": {Ports: map[string]int32{"http": 8080}}}}},
	}}
	d.Charts = map[string]*model.Chart{
		"metallb":      {Namespace: "metallb", Provides: []string{kinds.GroupMetalLB}},
		"cert-manager": {Namespace: "cert-manager", Provides: []string{kinds.GroupCertManager}, Secrets: map[string]string{"ca": "secrets/ca.sops.yaml"}},
		"traefik":      {Namespace: "traefik", Provides: []string{kinds.GroupTraefik}},
		"velero":       {Namespace: "velero", Provides: []string{kinds.GroupVelero}, Secrets: map[string]string{"store": "secrets/store.sops.yaml"}},
		"local":        {Namespace: "local", Provides: []string{resolved.LocalPath}},
	}
	declare(&d.Cluster)
	s := scope.New(d, scope.Inputs{})
	s.Index()
	s.Secrets["cert-manager/ca"] = &scope.Secret{Name: "home-ca", File: "secrets/ca.sops.yaml", Bytes: []byte("x"), Keys: []string{"tls.crt", "tls.key"}}
	s.Secrets["velero/store"] = &scope.Secret{Name: "store", File: "secrets/store.sops.yaml", Bytes: []byte("x"), Keys: []string{"cloud"}}
	return s, resolved.Facts{Network: traffic.Network{Scope: s}}.Offered()
}

// codes are those of what is reported, in order.
func codes(s *scope.Scope) []string {
	var out []string
	for _, f := range s.Findings {
		out = append(out, string(f.Code))
	}
	return out
}

// called are the IDs of objects, each with its unit.
func called(all []object.Made) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		out[m.ID.String()] = m.Unit.Dir
	}
	return out
}

func id(group, kind, namespace, name string) string {
	return manifest.ID{Group: group, Kind: kind, Namespace: namespace, Name: name}.String()
}

// mistake is in facts, and reported once.
type mistake struct {
	code    string
	declare func(c *model.Cluster)
}

// refuses makes mistakes one at a time.
func refuses(t *testing.T, mistakes map[string]mistake) {
	t.Helper()
	for what, is := range mistakes {
		s, _ := offeredBy(is.declare)
		require.Equal(t, []string{is.code}, codes(s), what)
	}
}

// A panic about one fact is a finding about it, and the others are decided.
func TestAFactThatPanics(t *testing.T) {
	s, o := offeredBy(func(c *model.Cluster) {
		c.Metrics = &model.Scraper{Namespace: "monitoring", Targets: map[string]model.ScrapeTarget{"nas": {Addresses: []string{"192.168.1.30"}}}} // the schema wants a port
		c.Notifications = map[string]model.Notification{"chat": {Type: "discord", Address: "https://example.com"}}
	})
	require.Equal(t, []string{string(crash.Code)}, codes(s))
	require.Equal(t, "cluster.metrics", s.Findings[0].Path)
	require.Empty(t, o.Targets)
	require.Len(t, o.Notifications, 1)
}

// nowhere knows one place.
type nowhere struct{}

func (nowhere) Place(path ...string) (finding.Place, bool) {
	return finding.Place{File: "a.cue", Line: len(path)}, true
}
func (nowhere) Files() []string { return []string{"a.cue"} }
