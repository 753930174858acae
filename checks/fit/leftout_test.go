package fit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/crash"
	"stillsuit.dev/inventory"
)

// reported is the report about a subject, and the sentences of its findings.
func reported(t testing.TB, s *inventory.Subject, opts fit.Options) (*fit.Report, []string) {
	t.Helper()
	return reportedBy(t, s, fit.Checker, opts)
}

func reportedBy(t testing.TB, s *inventory.Subject, check func(*fit.Options) *checks.Checker, opts fit.Options) (*fit.Report, []string) {
	t.Helper()
	var report *fit.Report
	opts.Report = func(r *fit.Report) { report = r }
	found, err := checks.Run(s, []*checks.Checker{check(&opts)}, nil)
	require.NoError(t, err)
	require.False(t, crash.Any(found), found)
	var out []string
	for _, f := range found {
		out = append(out, f.String())
	}
	require.NotNil(t, report)
	return report, out
}

func scale(s *inventory.Subject, i, pods int) {
	n := int32(pods)
	s.Objects[i].Value.(*appsv1.Deployment).Spec.Replicas = &n
}

// made is how many pods a report knows of.
func made(r *fit.Report) int {
	out := 0
	for _, n := range r.Nodes {
		out += len(n.Pods)
	}
	for _, p := range r.Pending {
		out += 1 + p.More
	}
	return out
}

// Workloads that the nodes could hold each alone, and never together: pods are made for
// what the nodes hold and a little more, for the small ones first, and nothing says that
// all fit.
func TestManyLargeWorkloads(t *testing.T) {
	s := large(5, 4*100) // 100 Deployments on nodes of 110 pods
	for i := range 99 {
		scale(s, i, 500)
	}
	report, found := reported(t, s, fit.Options{Orders: 3})
	assert.LessOrEqual(t, made(report), 550+1000)
	assert.Greater(t, made(report), 550)
	assert.Len(t, report.NotPlaced, 96)
	assert.NotEqual(t, outcome.PackingExists, report.Orders.Packing)
	many := slices.DeleteFunc(slices.Clone(found), func(f string) bool { return !strings.Contains(f, "fit/too-many-pods") })
	require.Len(t, many, 1, "one cause is one finding")
	assert.Contains(t, many[0], "and 90 more request 48000 pods. All workloads together request 49504 pods, and the 5 nodes can hold 550, so")
	// Without the bound all of them are made: of 20 such Deployments, for the time it takes.
	s = large(5, 4*20)
	for i := range 19 {
		scale(s, i, 150)
	}
	report, _ = reportedBy(t, s, without("bound"), fit.Options{Orders: 1})
	assert.Equal(t, 19*150+4, made(report))
	assert.Greater(t, made(report), 550+1000)
	report, _ = reported(t, s, fit.Options{Orders: 1})
	assert.LessOrEqual(t, made(report), 550+1000)

	// As many as before the bound are placed and told of one by one.
	s = large(5, 4*100)
	for i := range 99 {
		scale(s, i, 8)
	}
	report, _ = reported(t, s, fit.Options{Orders: 3})
	assert.Empty(t, report.NotPlaced)
	assert.Equal(t, 99*8+4, made(report))
}

// without is the check without a guard.
func without(guard string) func(*fit.Options) *checks.Checker {
	return func(opts *fit.Options) *checks.Checker { return fit.Unguarded(guard, opts) }
}

// What the scheduler cannot read is left out on its line, even when the API server's rules
// did not refuse it, and all else is placed.
func TestUnreadablePods(t *testing.T) {
	s := large(5, 4*10)
	for _, i := range []int{3, 4} {
		s.Objects[i].Value.(*appsv1.Deployment).Spec.Template.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.DoNotSchedule,
			LabelSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: "Equals"}}},
		}}
	}
	for name, check := range map[string]func(*fit.Options) *checks.Checker{"refused": fit.Checker, "not refused": without("refused")} {
		t.Run(name, func(t *testing.T) {
			report, found := reportedBy(t, s, check, fit.Options{Orders: 1})
			require.Len(t, report.NotPlaced, 2)
			assert.Equal(t, 4*8, made(report))
			bad := slices.DeleteFunc(found, func(f string) bool { return !strings.Contains(f, "fit/invalid-placement") })
			require.Len(t, bad, 2)
			assert.Contains(t, bad[0], "Equals")
			assert.Contains(t, bad[0], "app0003")
			if name == "not refused" {
				assert.Contains(t, bad[0], "stillsuit cannot read where the pods of Deployment app0003 may run")
			}
		})
	}
}

// A workload that is not placed never counts as fitting, and the report stays small.
func TestNotPlaced(t *testing.T) {
	s := large(5, 8)
	scale(s, 0, 1<<31-1)
	report, found := reported(t, s, fit.Options{Orders: 3, Suggest: true})
	assert.Equal(t, []fit.NotPlaced{{Workload: "Deployment app0000", Pods: 1<<31 - 1, Because: "it requests 2147483647 pods, and the 5 nodes can hold 10 of them", TooMany: true}}, report.NotPlaced)
	assert.Equal(t, outcome.PackingUnknown, report.Orders.Packing)
	assert.Equal(t, 4, made(report))
	assert.Contains(t, report.Worst[0], "Deployment app0000 was not placed")
	var text strings.Builder
	require.NoError(t, report.WriteText(&text, outcome.Form{}))
	assert.Contains(t, text.String(), "Deployment app0000 was not placed: it requests 2147483647 pods")
	assert.Contains(t, text.String(), "every pod that was placed found a node")
	assert.Len(t, slices.DeleteFunc(found, func(f string) bool { return !strings.Contains(f, "app0000") }), 1)

	// Pods that wait for the same reasons are one line.
	s = replicas(400, 390, nil)
	report, _ = reported(t, s, fit.Options{Orders: 3})
	require.Len(t, report.Pending, 1)
	assert.Equal(t, 9, report.Pending[0].More)
	text.Reset()
	require.NoError(t, report.WriteText(&text, outcome.Form{}))
	assert.Less(t, len(text.String()), 4000)
	assert.Contains(t, text.String(), "10 pods find no node now: node0, node1, node2, node3 and node4 have no room for another pod.")
}

// growth is how many times the allocations a check makes for four times the pods.
func growth(t *testing.T, check func(*fit.Options) *checks.Checker, change func(*appsv1.Deployment)) float64 {
	t.Helper()
	of := func(pods int) float64 {
		s := replicas(pods, pods, change)
		return testing.AllocsPerRun(1, func() { reportedBy(t, s, check, fit.Options{Orders: 4}) })
	}
	return of(1200) / of(300)
}

// linear is the most that growth may be: four times, and something for tables that double.
const linear = 6

// Twice the pods take twice the memory, whatever the pods say of each other, and not four
// times.
func TestMemoryIsLinear(t *testing.T) {
	for name, change := range map[string]func(*appsv1.Deployment){"alike": nil, "spread": spreadEvenly, "apart": keptApart, "alone": oneEach} {
		t.Run(name, func(t *testing.T) {
			assert.Less(t, growth(t, fit.Checker, change), float64(linear))
		})
	}
}

// A check that keeps something for each pair of pods is noticed.
func TestMemoryOfPairsIsNoticed(t *testing.T) {
	pairs := func(opts *fit.Options) *checks.Checker {
		c := fit.Checker(opts)
		run := c.Run
		c.Run = func(pass *checks.Pass) error {
			kept := map[[2]int]*int{}
			for i := range int(*pass.Objects[0].Value.(*appsv1.Deployment).Spec.Replicas) {
				for j := range i {
					kept[[2]int{i, j}] = &j
				}
			}
			return run(pass)
		}
		return c
	}
	assert.Greater(t, growth(t, pairs, nil), float64(linear))
}
