package fit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"

	"stillsuit.dev/policies"
	"stillsuit.dev/policies/fit"
)

// reported is the report about a subject, and the sentences of its findings.
func reported(t testing.TB, s *policies.Subject, opts fit.Options) (*fit.Report, []string) {
	t.Helper()
	var report *fit.Report
	opts.Report = func(r *fit.Report) { report = r }
	found, err := policies.Run(s, []*policies.Checker{fit.Checker(&opts)}, nil)
	require.NoError(t, err)
	var out []string
	for _, f := range found {
		out = append(out, f.String())
	}
	require.NotNil(t, report)
	return report, out
}

func scale(s *policies.Subject, i, pods int) {
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
	assert.NotEqual(t, "exists", report.Orders.Packing)
	many := slices.DeleteFunc(slices.Clone(found), func(f string) bool { return !strings.Contains(f, "fit/too-many-pods") })
	require.Len(t, many, 1, "one cause is one finding")
	assert.Contains(t, many[0], "and 90 more request 48000 pods, but all workloads together request 49504, and the 5 nodes can hold 550 at most")
	// Without the bound all of them would be made.
	assert.Greater(t, 99*500+4, 550+1000)

	// As many as before the bound are placed and told of one by one.
	for i := range 99 {
		scale(s, i, 8)
	}
	report, _ = reported(t, s, fit.Options{Orders: 3})
	assert.Empty(t, report.NotPlaced)
	assert.Equal(t, 99*8+4, made(report))
}

// A workload that is not placed never counts as fitting, and the report stays small.
func TestNotPlaced(t *testing.T) {
	s := large(5, 8)
	scale(s, 0, 1<<31-1)
	report, found := reported(t, s, fit.Options{Orders: 3, Suggest: true})
	assert.Equal(t, []fit.NotPlaced{{Workload: "Deployment app0000", Pods: 1<<31 - 1, Because: "it requests 2147483647 pods, and the 5 nodes can hold 10 of them"}}, report.NotPlaced)
	assert.Equal(t, "unknown", report.Orders.Packing)
	assert.Equal(t, 4, made(report))
	assert.Contains(t, report.Worst[0], "Deployment app0000 was not placed")
	var text strings.Builder
	require.NoError(t, report.WriteText(&text))
	assert.Contains(t, text.String(), "Deployment app0000 was not placed: it requests 2147483647 pods")
	assert.Contains(t, text.String(), "every pod that was placed finds a node")
	assert.Len(t, slices.DeleteFunc(found, func(f string) bool { return !strings.Contains(f, "app0000") }), 1)

	// Pods that wait for the same reasons are one line.
	s = replicas(400, 390, nil)
	report, _ = reported(t, s, fit.Options{Orders: 3})
	require.Len(t, report.Pending, 1)
	assert.Equal(t, 9, report.Pending[0].More)
	text.Reset()
	require.NoError(t, report.WriteText(&text))
	assert.Less(t, len(text.String()), 4000)
	assert.Contains(t, text.String(), "Deployment many 351 and 9 more of its pods find no node")
}

// Twice the pods take twice the memory, whatever the pods say of each other, and not four
// times.
func TestMemoryIsLinear(t *testing.T) {
	for name, change := range map[string]func(*appsv1.Deployment){"alike": nil, "spread": spreadEvenly, "apart": keptApart, "alone": oneEach} {
		t.Run(name, func(t *testing.T) {
			of := func(pods int) float64 {
				s := replicas(pods, pods, change)
				return testing.AllocsPerRun(1, func() { reported(t, s, fit.Options{Orders: 4}) })
			}
			few, many := of(300), of(1200)
			assert.Less(t, many, 6*few, "%.0f and %.0f allocations", few, many)
		})
	}
}
