package images_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/library"
)

var update = flag.Bool("update", false, "write what came out")

// variant is an image whose tags are built for one architecture, with who says so.
// Where nobody names a tag it is latest, and * in one stands for stable.
type variant struct {
	Image     string   `json:"image"`
	Tags      []string `json:"tags"`
	Platforms []string `json:"platforms"`
	Evidence  []string `json:"evidence"`
}

// reference are the nodes of the reference clusters.
func reference(t *testing.T) map[string]map[string]*inventory.Node {
	t.Helper()
	repo, err := generator.Open("../..", &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer func() { require.NoError(t, repo.Close()) }()
	out := map[string]map[string]*inventory.Node{}
	for _, name := range []string{"arrakeen", "turingpi"} {
		cluster, _, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		out[name] = map[string]*inventory.Node{}
		for node, declared := range cluster.Cluster.Nodes {
			out[name][node] = inventory.FromModel(node, declared, model.Kubernetes{})
		}
	}
	return out
}

// placed is what is said about an image whose pods run on nodes of an architecture,
// whatever their taints.
func placed(t *testing.T, nodes map[string]*inventory.Node, locked *lock.Lock, image, arch string) []finding.Finding {
	t.Helper()
	d := &appsv1.Deployment{}
	d.Spec.Template.Spec = corev1.PodSpec{
		NodeSelector: map[string]string{corev1.LabelArchStable: arch},
		Tolerations:  []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
		Containers:   []corev1.Container{{Name: "main", Image: image}},
	}
	s := &inventory.Subject{
		Lock: locked, Places: nowhere{}, Nodes: nodes,
		Objects: []*manifest.Object{{ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "web", Name: "site"}, Value: d}},
	}
	found, err := checks.Run(s, []*checks.Checker{images.Checker()}, &checks.Options{Only: []finding.Code{"images/no-platform", "images/no-eligible-node"}})
	require.NoError(t, err)
	return found
}

type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "site.yaml", Line: 1}, ""
}

// TestVariants places every image that is known to be built for one architecture
// on the nodes of the other one that each reference cluster has, and on those of its
// own.
func TestVariants(t *testing.T) {
	b, err := os.ReadFile("testdata/one-architecture.json")
	require.NoError(t, err)
	var variants []variant
	require.NoError(t, json.Unmarshal(b, &variants))
	require.Greater(t, len(variants), 12)
	clusters := reference(t)
	var refused strings.Builder
	for _, cluster := range slices.Sorted(maps.Keys(clusters)) {
		refused.WriteString(cluster + "\n")
		for _, v := range variants {
			require.NotEmpty(t, v.Evidence)
			require.NotEmpty(t, v.Tags)
			own, other := "amd64", "arm64"
			if slices.Contains(v.Platforms, "linux/arm64") {
				own, other = other, own
			}
			for _, tag := range v.Tags {
				ref := v.Image + ":" + tag
				locked := &lock.Lock{Version: 1, Images: map[string]lock.Image{ref: {Platforms: v.Platforms, Provenance: lock.Declared, Evidence: v.Evidence}}}
				require.Empty(t, placed(t, clusters[cluster], locked, ref, own), ref)
				found := placed(t, clusters[cluster], locked, ref, other)
				require.Len(t, found, 1, ref)
				require.Equal(t, finding.Error, found[0].Severity, ref)
				refused.WriteString(found[0].String() + "\n")
			}
		}
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/one-architecture.txt", []byte(refused.String()), 0o644))
	}
	want, err := os.ReadFile("testdata/one-architecture.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), refused.String())
}

// TestMultiArchImagesPass places every image of the repository's lock that is
// built for both architectures on the nodes of each.
func TestMultiArchImagesPass(t *testing.T) {
	locked, err := lock.Read(os.DirFS("../.."))
	require.NoError(t, err)
	clusters := reference(t)
	both := 0
	for ref, image := range locked.Images {
		if arches := image.Arches(); !slices.Contains(arches, "amd64") || !slices.Contains(arches, "arm64") {
			continue
		}
		both++
		for _, nodes := range clusters {
			for _, arch := range []string{"amd64", "arm64"} {
				require.Empty(t, placed(t, nodes, locked, ref, arch), ref)
			}
		}
	}
	require.Greater(t, both, 20)
}
