package e2e_test

import (
	"slices"
	"testing"

	"stillsuit.dev/generator/manifest"
)

// TestFlux lets Flux bring each reference cluster up from its committed tree,
// lives a day with it, and takes its nodes away.
func TestFlux(t *testing.T) {
	t.Parallel()
	for _, cluster := range clusters(t) {
		t.Run(cluster, func(t *testing.T) {
			t.Parallel()
			s := open(t, cluster)
			s.start()
			s.bootstrap()
			s.synced()
			if slices.ContainsFunc(s.rendered.Objects(), func(o *manifest.Object) bool { return o.Group == kyvernoGroup }) {
				s.overseen()
			}
			s.fits()
			if s.loaded.Namespaces[workspace] != nil {
				s.agent()
				s.rights()
			}
			s.day()
			s.crowded()
			s.losses()
			s.pressed()
			s.apart("kube-apiserver", "kustomize-controller", "helm-controller", "kwok")
			s.figures.print(t)
		})
	}
}
