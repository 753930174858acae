package e2e_test

import (
	"os"
	"testing"
)

// TestThird brings up the third cluster, which is in a repository of its own and on K3s
// as it comes, but for its load balancer: no object is refused, every unit becomes Ready
// in the declared order, every pod runs, and fit says the same. With
// STILLSUIT_ORACLE=full the glass is broken too, as the how-to says.
func TestThird(t *testing.T) {
	t.Parallel()
	t.Run("dry run", func(t *testing.T) {
		t.Parallel()
		s := openIn(t, third, "home")
		s.start()
		s.dryRun()
		s.figures.print(t)
	})
	t.Run("first sync", func(t *testing.T) {
		t.Parallel()
		s := openIn(t, third, "home")
		s.start()
		s.bootstrap()
		s.synced()
		s.fits()
		if os.Getenv("STILLSUIT_ORACLE") == "full" { // a minute
			s.brokenGlass()
		}
		s.figures.print(t)
	})
}
