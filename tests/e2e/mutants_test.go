package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/tests/e2e/rig"
)

// TestMutants breaks the tree of a small cluster after it was rendered, and
// shows that each check of TestFlux would notice.
func TestMutants(t *testing.T) {
	t.Parallel()
	s := open(t, "small")
	g := guests{Visitor: "visitor", Image: oldTag, Config: "one", Home: visitors, Beside: oldTag, secret: "first.sops.yaml"}
	s.admit(g)
	s.render()
	s.start()
	s.edit("--concurrent=1", "--concurrent=8") // the cluster says 1
	s.bootstrap()
	s.settled(s.push())
	require.Empty(t, s.unhealthy(s.rendered.Units...))
	require.Empty(t, rig.Disordered(s.timeline.Events(), s.after))

	t.Run("more units roll than may", func(t *testing.T) {
		g.Image, g.Beside = rig.SickTag, rig.SickTag
		s.admit(g)
		revision := s.change()
		s.rolling(revision, "visitor")
		s.rolling(revision, "neighbour")
		most, names := rig.Crowded(s.timeline.Events())
		require.Greater(t, most, s.loaded.Cluster.Rollout.Concurrent, "%v", names)
	})

	t.Run("a unit is not waited for", func(t *testing.T) {
		require.NotEmpty(t, s.timeline.Unready("", "neighbour"), "with wait it is not Ready")
		s.edit("  wait: true", "  wait: false")
		s.settled(s.push())
		require.Len(t, s.unhealthy(s.rendered.Units...), 2, "both apps are sick, and their units Ready")
	})

	t.Run("a unit is out of order", func(t *testing.T) {
		g.Image, g.After = newTag, `after: ["neighbour"]`
		s.admit(g)
		s.render()
		s.edit("  - name: neighbour\n", "")
		revision := s.push()
		require.NoError(t, s.Await("the unit that should wait", patience, func(context.Context) (bool, error) {
			return len(s.timeline.Unready(revision, "visitor")) == 0, nil
		}))
		require.Contains(t, rig.Disordered(s.timeline.Events(), s.after), "visitor was applied at "+revision+" before neighbour was ready")
	})

	t.Run("a claim is pruned with its app", func(t *testing.T) {
		g.Beside, g.After = newTag, ""
		s.admit(g)
		s.settled(s.change())
		s.edit("    kustomize.toolkit.fluxcd.io/prune: disabled\n", "")
		s.settled(s.push())
		g.Visitor = ""
		s.admit(g)
		s.settled(s.change())
		require.NoError(t, s.Await("the claim to be pruned", time.Minute, func(ctx context.Context) (bool, error) {
			_, err := s.Client.CoreV1().PersistentVolumeClaims(visitors).Get(ctx, "visitor-data", metav1.GetOptions{})
			return apierrors.IsNotFound(err), nil
		}))
	})
}

// rolling waits until a worker is at the unit, at the revision.
func (s *scenario) rolling(revision, unit string) {
	s.Helper()
	require.NoError(s, s.Await(unit+" to be rolled out", patience, func(context.Context) (bool, error) {
		return len(s.timeline.Rolling(revision, unit)) > 0, nil
	}))
}

// TestBootstrap builds the overlay that `flux bootstrap` applies and checks that
// the controllers get what the cluster declares.
func TestBootstrap(t *testing.T) {
	for _, cluster := range clusters(t) {
		t.Run(cluster, func(t *testing.T) {
			s := open(t, cluster)
			overlay := s.overlay()
			for name, wanted := range map[string][]string{
				"kustomize-controller": {"--watch-all-namespaces", "--requeue-dependency=5s", "--feature-gates=CancelHealthCheckOnNewRevision=true"},
				"helm-controller":      {"--watch-all-namespaces", "--requeue-dependency=5s"},
			} {
				args, err := rig.Arguments(overlay, name)
				require.NoError(t, err)
				require.Subset(t, args, append(wanted, concurrency(s)), name)
			}
			for _, name := range []string{"source-controller", "notification-controller"} {
				args, err := rig.Arguments(overlay, name)
				require.NoError(t, err)
				require.NotContains(t, args, concurrency(s), name)
			}
			for name, limit := range rig.MemoryLimits(overlay) {
				want := "256Mi"
				if said, ok := s.loaded.Cluster.Flux.Memory[name]; ok {
					want = said.String()
				}
				require.Equal(t, want, limit, name)
			}
			require.Len(t, rig.MemoryLimits(overlay), 4)
		})
	}
}
