package e2e_test

import "testing"

// TestFlux lets Flux bring each reference cluster up from its committed tree,
// and then lives a day with it.
func TestFlux(t *testing.T) {
	t.Parallel()
	for _, cluster := range clusters(t) {
		t.Run(cluster, func(t *testing.T) {
			t.Parallel()
			s := open(t, cluster)
			s.start()
			s.bootstrap()
			s.synced()
			if s.loaded.Namespaces[workspace] != nil {
				s.agent()
			}
			s.day()
			s.figures.print(t)
		})
	}
}
