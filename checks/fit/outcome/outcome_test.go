package outcome

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const gi = 1 << 30

// fitting is a report of a cluster that fits.
func fitting() *Report {
	return &Report{
		Cluster: "attic",
		Nodes: []Node{
			{Name: "a", Arch: "arm64", Capacity: 8 * gi, Allocatable: 8 * gi, Requests: 4 * gi, Limits: 8 * gi, MostPods: 2, Pods: []string{"x"}},
			{Name: "b", Arch: "arm64", Capacity: 8 * gi, Allocatable: 7 * gi, Requests: 2 * gi, MostPods: 2},
			{Name: "c", Arch: "amd64", Capacity: 16 * gi, Allocatable: 16 * gi, Taints: []string{"external"}},
		},
		Ceilings: []Ceiling{{Name: "board", Board: "board", Nodes: []string{"a", "b"}, Requests: 6 * gi, AllowedRequests: 12 * gi, Limits: 8 * gi, AllowedLimits: 10 * gi}},
		Orders:   Orders{Tried: 10, Packing: PackingExists},
	}
}

// What fits says so, and each thing that does not is noticed.
func TestFits(t *testing.T) {
	require.Equal(t, "attic fits. Peak 0Mi of 32Gi. Board board: 6Gi of 12Gi requested.", fitting().verdict())
	for want, change := range map[string]func(*Report){
		"attic does not fit.":                 func(r *Report) { r.Pending = []Pending{{Pod: "x"}} },
		"attic fits.":                         func(r *Report) { r.Pending = []Pending{{Pod: "x", Quota: true}} },
		"attic fits, but not in every order.": func(r *Report) { r.Orders.Unlucky = 1 },
		"It is not known whether attic fits: Job x was not placed.": func(r *Report) { r.NotPlaced = []NotPlaced{{Workload: "Job x"}} },
		"attic does not fit. ":                                        func(r *Report) { r.NotPlaced = []NotPlaced{{Workload: "Job x", TooMany: true}} },
		"attic does not fit. Peak":                                    func(r *Report) { r.Nodes[0].Requests = 9 * gi },
		"attic does not fit. Peak 0Mi":                                func(r *Report) { r.Ceilings[0].Limits = 11 * gi },
		"attic does not fit. Peak 0Mi of 32Gi. Board board: 13Gi of ": func(r *Report) { r.Ceilings[0].Requests = 13 * gi },
		"attic does not fit without b and c.":                         func(r *Report) { r.Pending, r.Without = []Pending{{Pod: "x"}}, &Without{Nodes: []string{"b", "c"}} },
	} {
		r := fitting()
		change(r)
		require.True(t, strings.HasPrefix(r.verdict(), want), "%s: %s", want, r.verdict())
	}
}

// The next pod gets what a node has left, and what kube-scheduler and ceilings leave of it.
func TestRoom(t *testing.T) {
	require.Equal(t, "Room for the next pod: 5Gi on arm64 (b), 16Gi on amd64 (c, with a toleration).\nCeiling board leaves 2Gi for its memory limit.\n", fitting().room())
	for want, change := range map[string]func(*Report){
		"4Gi on arm64 (a), 16Gi":              func(r *Report) { r.Nodes[1].Offline = "no power" },
		"4Gi on arm64 (a),":                   func(r *Report) { r.Nodes[1].Pods = []string{"x", "y"} },
		"1Gi on arm64 (a or b),":              func(r *Report) { r.Ceilings[0].Requests = 11 * gi },
		"4.9Gi on arm64 (b),":                 func(r *Report) { r.Nodes[1].Requests += 64 << 20 },
		"16Gi on amd64 (c), 5Gi on arm64 (b)": func(r *Report) { r.Nodes[2].Taints = nil },
		"none.":                               func(r *Report) { r.Nodes = nil },
	} {
		r := fitting()
		change(r)
		require.Contains(t, r.room(), "Room for the next pod: "+want)
	}
}

func TestWords(t *testing.T) {
	require.Equal(t, "3.8 / 15Gi", over(3891<<20, 15*gi))
	require.Equal(t, "646Mi / 7.6Gi", over(646<<20, 7782<<20))
	require.Equal(t, "1023Mi", atMost(gi-1))
	require.Equal(t, "1.9Gi", atMost(2*gi-1))
	require.Equal(t, "2Gi", atMost(2*gi))
	require.Equal(t, []string{"loki", "velero node-agent", "web"}, short([]string{"Deployment web", "loki loki", "velero node-agent"}))
	require.Equal(t, []string{"Deployment web", "StatefulSet web"}, short([]string{"Deployment web", "StatefulSet web"}))
	require.Equal(t, "a, b, c, d and 2 more", some([]string{"a", "b", "c", "d", "e", "f"}, 4))
}
