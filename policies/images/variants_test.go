package images_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/policies"
	"stillsuit.dev/policies/images"
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

// placed is what is said about an image whose pods run on a node of an architecture.
func placed(t *testing.T, locked *lock.Lock, image, arch string) []finding.Finding {
	t.Helper()
	d := &appsv1.Deployment{}
	d.Spec.Template.Spec = corev1.PodSpec{
		NodeSelector: map[string]string{corev1.LabelArchStable: arch},
		Containers:   []corev1.Container{{Name: "main", Image: image}},
	}
	s := &policies.Subject{
		Lock: locked, Places: nowhere{},
		Objects: []*manifest.Object{{ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "web", Name: "site"}, Value: d}},
		Nodes:   map[string]*policies.Node{},
	}
	for _, a := range []string{"amd64", "arm64"} {
		s.Nodes[a+"-node"] = policies.FromModel(a+"-node", &model.Node{Arch: a, Level: map[string]string{"amd64": "x86-64-v4", "arm64": "armv8.2-a"}[a]})
	}
	found, err := policies.Run(s, []*policies.Checker{images.Checker()}, &policies.Options{Only: []string{"images/no-platform", "images/no-landing"}})
	require.NoError(t, err)
	return found
}

type nowhere struct{}

func (nowhere) Locate(policies.Spot) (finding.Place, string) {
	return finding.Place{File: "site.yaml", Line: 1}, ""
}

// TestVariants places every image that is known to be built for one architecture
// on a node of the other one, and on one of its own.
func TestVariants(t *testing.T) {
	b, err := os.ReadFile("testdata/one-architecture.json")
	require.NoError(t, err)
	var variants []variant
	require.NoError(t, json.Unmarshal(b, &variants))
	require.Greater(t, len(variants), 12)
	var refused strings.Builder
	for _, v := range variants {
		require.NotEmpty(t, v.Evidence)
		own, other := "amd64", "arm64"
		if slices.Contains(v.Platforms, "linux/arm64") {
			own, other = other, own
		}
		for _, tag := range v.Tags {
			ref := v.Image + ":" + tag
			locked := &lock.Lock{Version: 1, Images: map[string]lock.Image{ref: {Platforms: v.Platforms, Provenance: lock.Declared, Evidence: v.Evidence}}}
			require.Empty(t, placed(t, locked, ref, own), ref)
			found := placed(t, locked, ref, other)
			require.Len(t, found, 1, ref)
			require.Equal(t, finding.Error, found[0].Severity, ref)
			refused.WriteString(found[0].String() + "\n")
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
// built for both architectures on nodes of each.
func TestMultiArchImagesPass(t *testing.T) {
	locked, err := lock.Read(os.DirFS("../.."))
	require.NoError(t, err)
	both := 0
	for ref, image := range locked.Images {
		if arches := image.Arches(); !slices.Contains(arches, "amd64") || !slices.Contains(arches, "arm64") {
			continue
		}
		both++
		for _, arch := range []string{"amd64", "arm64"} {
			require.Empty(t, placed(t, locked, ref, arch), ref)
		}
	}
	require.Greater(t, both, 20)
}
