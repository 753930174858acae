package e2e_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	storagev1 "k8s.io/api/storage/v1"

	"stillsuit.dev/checks/fit"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// losses takes each node away, and each board with its nodes, and brings them back
// each time.
func (s *scenario) losses() {
	s.Helper()
	subject := s.subject()
	c := s.takeCensus(subject)
	report, _ := s.foresee(subject, nil)
	placed, _ := names(report)
	all := slices.Collect(maps.Keys(placed))
	missed := 0
	began := time.Now()
	for i := range report.Losses {
		loss, waiting, wrong := s.lost(subject, c, all, i)
		missed += wrong
		require.NoError(s, s.Join(&s.loaded.Cluster, loss.Nodes...))
		require.Empty(s, waitingOf(s.count(c, all)), "%s is back", loss.What)
		s.figures.add("without "+loss.What, "%d pods move, %d wait", len(loss.Moves), waiting)
	}
	require.NotZero(s, missed, "a fit that forgets where volumes lie must be noticed")
	s.figures.add("every node lost and back", "in %.0f s", time.Since(began).Seconds())
}

// lost takes the nodes of a loss away, by its place in the report, and checks that
// the pods that end pending are those that fit said, for the reasons that it gave. It
// returns what fit said, how many pods wait, and how much a fit is wrong that forgets
// where volumes lie.
func (s *scenario) lost(subject *inventory.Subject, c *census, all []string, i int) (loss fit.Loss, wait, missed int) {
	s.Helper()
	now := c.placed(s.count(c, all))
	report, _ := s.foresee(subject, now)
	loss = report.Losses[i]
	require.NoError(s, s.Lose(loss.Nodes...))
	left := slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return slices.ContainsFunc(loss.Nodes, func(node string) bool { return strings.HasSuffix(name, " on "+node) })
	})
	waiting := waitingOf(s.count(c, left))
	require.Empty(s, differences(c, loss, waiting), "without %s", loss.What)
	forgetful, _ := s.foresee(forget(subject), now)
	return loss, len(waiting), len(differences(c, forgetful.Losses[i], waiting))
}

// ballast is an app that fills the nodes.
type ballast struct {
	Package, Image string
	Taints         []string
	Pods           int
	Memory         string
}

// pressed fills the cluster with pods of low importance and takes the node away with
// which most of them go: what is left must take in its more important pods.
func (s *scenario) pressed() {
	s.Helper()
	now, report := s.now()
	const each = 512 << 20
	app := ballast{Package: s.cluster, Image: oldTag, Memory: "512Mi"}
	for _, n := range report.Nodes {
		if n.Offline == "" {
			app.Pods += int((n.Room() - n.Requests) / each)
			app.Taints = append(app.Taints, slices.Sorted(maps.Keys(s.loaded.Cluster.Nodes[n.Name].Taints))...)
		}
	}
	s.fill("ballast.cue", app)
	s.render()
	subject := s.subject()
	c := s.takeCensus(subject)
	report, wrong := s.foresee(subject, now)
	require.Empty(s, slices.DeleteFunc(wrong, func(f finding.Finding) bool { return f.Code == "fit/ceiling" }))
	require.Empty(s, report.Pending)
	placed, _ := names(report)
	all := slices.Collect(maps.Keys(placed))
	s.push()
	pods := s.count(c, all)
	require.Empty(s, waitingOf(pods))

	report, _ = s.foresee(subject, c.placed(pods))
	most := 0
	for i, loss := range report.Losses {
		worst := report.Losses[most]
		if len(loss.Nodes) == 1 && cmp.Or(len(loss.Aside)-len(worst.Aside), len(loss.Pending)-len(worst.Pending)) > 0 {
			most = i
		}
	}
	require.NotEmpty(s, report.Losses[most].Pending)
	loss, waiting, _ := s.lost(subject, c, all, most)
	s.figures.add("full, and without "+loss.What, "%d pods move, %d wait; said: %d for want of room, %d of them pushed aside, %d by the order",
		len(loss.Moves), waiting, len(loss.Pending), len(loss.Aside), len(loss.Pods))
}

// differences are what fit said of a loss and the cluster does otherwise. Where the
// order decides which pods wait, those may that wait in some order; the nodes may have
// refused a pod for what ran there then, so one reason must be the same.
func differences(c *census, loss fit.Loss, waiting []counted) []string {
	said := map[string]map[string]int{}
	var must, may []string
	for _, by := range []map[string]string{loss.Down, loss.Pending} {
		for name, reasons := range by {
			said[c.keys[name]] = tally(byNode(reasons))
			if _, varies := loss.Pods[name]; !varies {
				must = append(must, name)
			}
		}
	}
	must, may = c.called(must), c.called(slices.Collect(maps.Keys(loss.Pods)))
	exact := len(loss.Pending)+len(loss.Pods) == 0
	var out []string
	for _, p := range waiting {
		if !took(&must, p.key) && !took(&may, p.key) {
			out = append(out, p.key+" waits: "+p.why)
			continue
		}
		reasons, says := said[p.key], reasonsOf(p.why)
		if same := maps.Equal(reasons, says); reasons != nil && !same && (exact || !shared(reasons, says)) {
			out = append(out, fmt.Sprintf("%s waits since %v, and not since %v", p.key, says, reasons))
		}
	}
	for _, key := range must {
		out = append(out, key+" does not wait")
	}
	return out
}

// took takes one out of a list, if it is there.
func took(from *[]string, key string) bool {
	i := slices.Index(*from, key)
	if i >= 0 {
		*from = slices.Delete(*from, i, i+1)
	}
	return i >= 0
}

// shared reports whether two sets of reasons have one in common.
func shared(a, b map[string]int) bool {
	for reason := range a {
		if b[reason] > 0 {
			return true
		}
	}
	return false
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
func forget(s *inventory.Subject) *inventory.Subject {
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
