package e2e_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	storagev1 "k8s.io/api/storage/v1"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/policies"
	"stillsuit.dev/policies/fit"
)

// losses takes each node away, and each board with its nodes, and checks that the
// pods that end pending are those that fit said, for the reasons that it gave. It
// brings the nodes back each time.
func (s *scenario) losses() {
	s.Helper()
	subject := s.subject()
	c := s.takeCensus(subject)
	report, _ := s.foresee(subject, nil)
	placed, _ := names(report)
	all := slices.Collect(maps.Keys(placed))
	missed := 0
	for i := range report.Losses {
		now := c.placed(s.count(c, all))
		report, _ := s.foresee(subject, now)
		loss := report.Losses[i]
		began := time.Now()
		require.NoError(s, s.Lose(loss.Nodes...))
		left := slices.DeleteFunc(slices.Clone(all), func(name string) bool {
			return slices.ContainsFunc(loss.Nodes, func(node string) bool { return strings.HasSuffix(name, " on "+node) })
		})
		waiting := waitingOf(s.count(c, left))
		require.Empty(s, differences(c, loss, waiting), "without %s", loss.What)
		forgetful, _ := s.foresee(forget(subject), now)
		missed += len(differences(c, forgetful.Losses[i], waiting))

		require.NoError(s, s.Join(&s.loaded.Cluster, loss.Nodes...))
		require.Empty(s, waitingOf(s.count(c, all)), "%s is back", loss.What)
		s.figures.add("without "+loss.What, "%d moved, %d pending; back in %.0f s", len(loss.Moves), len(waiting), time.Since(began).Seconds())
	}
	require.NotZero(s, missed, "a fit that forgets where volumes lie must be noticed")
}

// differences are what fit said of a loss and the cluster does otherwise. In some
// orders other pods may wait than in the one that fit tells of: then those may that
// would have moved.
func differences(c *census, loss fit.Loss, waiting []counted) []string {
	said := map[string]map[string]int{}
	var names []string
	for _, by := range []map[string]string{loss.Down, loss.Pending} {
		for name, reasons := range by {
			names = append(names, name)
			said[c.keys[name]] = tally(byNode(reasons))
		}
	}
	expected := c.called(names)
	may := c.called(slices.Collect(maps.Keys(loss.Moves)))
	var out []string
	for _, p := range waiting {
		at, found := slices.BinarySearch(expected, p.key)
		switch {
		case found:
			expected = slices.Delete(expected, at, at+1)
			if says := reasonsOf(p.why); !maps.Equal(says, said[p.key]) {
				out = append(out, fmt.Sprintf("%s waits since %v, and not since %v", p.key, says, said[p.key]))
			}
		case loss.Unlucky == 0 || !slices.Contains(may, p.key):
			out = append(out, p.key+" waits: "+p.why)
		}
	}
	for _, key := range expected {
		if loss.Unlucky == 0 {
			out = append(out, key+" does not wait")
		}
	}
	return out
}

// byNode are the reasons of each node, as a Loss writes them: node1, node2: reason;
// node3: other.
func byNode(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, "; ") {
		nodes, reason, _ := strings.Cut(part, ": ")
		for range strings.SplitSeq(nodes, ", ") {
			out = append(out, reason)
		}
	}
	return out
}

// forget returns the subject with every volume in a store that all nodes reach.
func forget(s *policies.Subject) *policies.Subject {
	out, cluster := *s, *s.Cluster
	cluster.Storage = map[string]model.StorageClass{}
	for name, class := range s.Cluster.Storage {
		class.Provisioner = "everywhere.invalid"
		cluster.Storage[name] = class
	}
	out.Cluster, out.Objects = &cluster, slices.Clone(s.Objects)
	for i, o := range s.Objects {
		if class, ok := o.Value.(*storagev1.StorageClass); ok {
			class, o := class.DeepCopy(), *o
			class.Provisioner, class.AllowedTopologies = "everywhere.invalid", nil
			o.Value = class
			out.Objects[i] = &o
		}
	}
	return &out
}

// TestDifferences changes what the cluster does with what fit says, and what fit
// knows, and shows that the comparison notices.
func TestDifferences(t *testing.T) {
	t.Parallel()
	for _, cluster := range clusters(t) {
		t.Run(cluster, func(t *testing.T) {
			s := open(t, cluster)
			subject := s.subject()
			c := s.takeCensus(subject)
			report, _ := s.foresee(subject, nil)
			forgetful, _ := s.foresee(forget(subject), nil)
			missed := 0
			for i, loss := range report.Losses {
				waiting := obeying(c, loss)
				require.Empty(t, differences(c, loss, waiting))
				missed += len(differences(c, forgetful.Losses[i], waiting))
				require.Contains(t, differences(c, loss, append(waiting, counted{key: "Deployment other", why: "0/1 nodes are available: 1 Insufficient memory."})),
					"Deployment other waits: 0/1 nodes are available: 1 Insufficient memory.")
				if len(waiting) == 0 {
					continue
				}
				require.Equal(t, []string{waiting[0].key + " does not wait"}, differences(c, loss, waiting[1:]))
				waiting[0].why = "0/1 nodes are available: 1 Insufficient patience."
				require.Len(t, differences(c, loss, waiting), 1)
			}
			require.NotZero(t, missed, "a fit that forgets where volumes lie")
		})
	}
}

// obeying are the pods that wait in a cluster that does what fit said.
func obeying(c *census, loss fit.Loss) []counted {
	var out []counted
	for _, by := range []map[string]string{loss.Down, loss.Pending} {
		for _, name := range slices.Sorted(maps.Keys(by)) {
			var said []string
			reasons := tally(byNode(by[name]))
			for _, reason := range slices.Sorted(maps.Keys(reasons)) {
				said = append(said, fmt.Sprintf("%d %s", reasons[reason], reason))
			}
			out = append(out, counted{key: c.keys[name], why: "0/9 nodes are available: " + strings.Join(said, ", ") + ". preemption: none."})
		}
	}
	return out
}
