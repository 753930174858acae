package gate

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// TestRows wants a row for each fact of the cluster, so that nobody adds one without
// asking what a change of it lets pass.
func TestRows(t *testing.T) {
	rows := facts{}.rows
	require.Empty(t, unfit(reflect.TypeFor[model.Cluster](), rows()))

	// Each of these must be noticed.
	type grown struct {
		model.Cluster
		Sensors map[string]string `json:"sensors,omitempty"`
	}
	require.Equal(t, []string{"sensors has no row"}, unfit(reflect.TypeFor[grown](), rows()))
	for mutant, is := range map[string]struct {
		rows []row
		want []string
	}{
		"a row is gone":       {slices.DeleteFunc(rows(), func(r row) bool { return r.fact == "tunnels" }), []string{"tunnels has no row"}},
		"a row is of no fact": {append(rows(), row{fact: "sensors", why: "they are small"}), []string{"sensors is no fact"}},
		"a row is there twice": {
			append(rows(), row{fact: "tunnels", why: "they are small"}), []string{"tunnels has two rows"},
		},
		"a row says nothing": {
			append(slices.DeleteFunc(rows(), func(r row) bool { return r.fact == "tunnels" }), row{fact: "tunnels"}), []string{"tunnels is not compared, for no reason"},
		},
	} {
		require.Equal(t, is.want, unfit(reflect.TypeFor[model.Cluster](), is.rows), mutant)
	}
}

// unfit says what is wrong with rows about the facts of a cluster.
func unfit(cluster reflect.Type, rows []row) []string {
	var out []string
	facts := map[string]bool{}
	for _, f := range reflect.VisibleFields(cluster) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || f.Anonymous {
			continue
		}
		facts[name] = true
		if !slices.ContainsFunc(rows, func(r row) bool { return r.fact == name }) {
			out = append(out, name+" has no row")
		}
	}
	seen := map[string]bool{}
	for _, r := range rows {
		switch {
		case !facts[r.fact]:
			out = append(out, r.fact+" is no fact")
		case seen[r.fact]:
			out = append(out, r.fact+" has two rows")
		case (len(r.compare) == 0) != (r.why != ""):
			out = append(out, r.fact+" is not compared, for no reason")
		}
		seen[r.fact] = true
	}
	return out
}

// nowhere knows no place.
type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) { return finding.Place{}, "" }

// TestRowsCompare changes one fact at a time. The row of that fact notices, and no other.
func TestRowsCompare(t *testing.T) {
	type cluster = model.Cluster
	changed := map[string]struct{ base, head cluster }{
		"domain":       {cluster{Domain: "home.arpa"}, cluster{Domain: "example.com"}},
		"kubernetes":   {cluster{Kubernetes: model.Kubernetes{Reserved: true}}, cluster{}},
		"flux":         {cluster{Flux: model.Flux{Operator: &model.FluxOperator{}}}, cluster{Flux: model.Flux{URL: "https://example.com", Operator: &model.FluxOperator{}}}},
		"secrets":      {cluster{Secrets: model.Secrets{Age: []string{"age1a"}}}, cluster{Secrets: model.Secrets{Age: []string{"age1a", "age1b"}}}},
		"registries":   {cluster{Registries: []string{"ghcr.io"}}, cluster{Registries: []string{"ghcr.io", "docker.io"}}},
		"network":      {cluster{Network: model.Network{Pools: map[string]string{"lan": "10.0.0.0/28"}}}, cluster{Network: model.Network{Pools: map[string]string{"lan": "10.0.0.0/24"}}}},
		"certificates": {cluster{}, cluster{Certificates: map[string]model.Certificate{"home": {Domains: []string{"example.com"}}}}},
		"tunnels":      {cluster{}, cluster{Tunnels: map[string]model.Tunnel{"out": {Domains: []string{"example.com"}}}}},
		"nodes":        {cluster{}, cluster{Nodes: map[string]*model.Node{"pi1": {}}}},
		"ceilings":     {cluster{Ceilings: map[string]model.Ceiling{"all": {Memory: resource.MustParse("8Gi")}}}, cluster{}},
		"images":       {cluster{Images: map[string]*model.ImageFact{"web": {Image: "web", Arch: "arm64"}}}, cluster{}},
		"policies":     {cluster{}, cluster{Policies: &model.Policies{Exceptions: map[string]model.PolicyException{"web": {Policy: "image-tags"}}}}},
		"suppress":     {cluster{}, cluster{Suppress: map[string]*model.Suppression{"web": {Code: "images/no-platform"}}}},
	}
	of := func(c cluster) *inventory.Subject {
		return &inventory.Subject{Name: "attic", Cluster: &c, Places: nowhere{}, Suppressions: c.Suppress}
	}
	for _, r := range (facts{}).rows() {
		change, is := changed[r.fact]
		require.Equal(t, len(r.compare) > 0, is, "%s: one that is compared has a change here", r.fact)
		if !is {
			continue
		}
		c := facts{&comparison{base: of(change.base), head: of(change.head)}}
		for _, other := range c.rows() {
			c.findings = nil
			for _, compare := range other.compare {
				compare()
			}
			require.Len(t, c.findings, map[bool]int{true: 1, false: 0}[other.fact == r.fact], "%s, by the row of %s", r.fact, other.fact)
		}
	}
}
