package scheduler

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestScores places pods by preference; the last has these best nodes.
func TestScores(t *testing.T) {
	two := map[string]string{"a": "{}", "b": "{}"}
	wants := func(kind, weight string) string {
		return "affinity: {" + kind + ": {preferredDuringSchedulingIgnoredDuringExecution: [{weight: " + weight + ", podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: one}}}}]}}"
	}
	for name, tc := range map[string]struct {
		world
		best []string
	}{
		"nothing to choose": {world{nodes: two, pods: [][2]string{{"one", asks("1", "1Gi")}}}, []string{"a", "b"}},
		"the emptier node": {
			world{nodes: two, before: map[string]string{"one": "a"}, pods: [][2]string{{"one", asks("1", "1Gi")}, {"two", asks("1", "1Gi")}}},
			[]string{"b"},
		},
		"a container that asks for nothing counts as 100m and 200Mi": {
			// Two of them on a (200m, 400Mi) beside 150m and 300Mi on b.
			world{nodes: two, before: map[string]string{"one-0": "a", "one-1": "a", "other": "b"}, pods: [][2]string{{"one-0", container("image: x")}, {"one-1", container("image: x")}, {"other", asks("150m", "300Mi")}, {"two", container("image: x")}}},
			[]string{"b"},
		},
		"cpu and memory in balance": {
			// Both nodes are as free in the mean; on a the pod's memory evens out the cpu.
			world{nodes: two, before: map[string]string{"one": "a", "other": "b"}, pods: [][2]string{{"one", asks("2", `"0"`)}, {"other", asks(`"0"`, "4Gi")}, {"two", asks(`"0"`, "2Gi")}}},
			[]string{"a"},
		},
		"a taint that asks to stay away": {
			world{nodes: map[string]string{"a": "{spec: {taints: [{key: slow, effect: PreferNoSchedule}]}}", "b": "{}"}, before: map[string]string{"one": "b"}, pods: [][2]string{{"one", asks("2", "4Gi")}, {"two", asks("1", "1Gi")}}},
			[]string{"b"},
		},
		"a tolerated taint": {
			world{nodes: map[string]string{"a": "{spec: {taints: [{key: slow, effect: PreferNoSchedule}]}}", "b": "{}"}, before: map[string]string{"one": "b"}, pods: [][2]string{{"one", asks("2", "4Gi")}, {"two", asks("1", "1Gi") + ", tolerations: [{key: slow, operator: Exists}]"}}},
			[]string{"a"},
		},
		"preferred nodes": {
			world{nodes: two, before: map[string]string{"one": "b"}, pods: [][2]string{{"one", asks("1", "1Gi")}, {"two", asks("1", "1Gi") + ", affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [b]}]}}]}}"}}},
			[]string{"b"},
		},
		"images that are there": {
			world{nodes: map[string]string{"a": "{}", "b": `{status: {images: [{names: ["example.org/app:latest"], sizeBytes: 900000000}]}}`, "c": "{}"}, pods: [][2]string{{"one", container("image: example.org/app")}}},
			[]string{"b"},
		},
		"small images do not count": {
			world{nodes: map[string]string{"a": "{}", "b": `{status: {images: [{names: ["example.org/app:latest"], sizeBytes: 20000000}]}}`}, pods: [][2]string{{"one", container("image: example.org/app")}}},
			[]string{"a", "b"},
		},
		"pods of one owner apart, though the node is emptier": {
			world{nodes: map[string]string{"a": "{}", "b": "{}"}, before: map[string]string{"web-0": "a", "one": "b"}, pods: [][2]string{{"web-0", asks("100m", "100Mi")}, {"one", asks("1", "2Gi")}, {"web-1", asks("100m", "100Mi")}}},
			[]string{"b"},
		},
		"pods of one owner over zones": {
			world{nodes: map[string]string{"a": "{metadata: {labels: {topology.kubernetes.io/zone: x}}}", "b": "{metadata: {labels: {topology.kubernetes.io/zone: x}}}", "c": "{metadata: {labels: {topology.kubernetes.io/zone: y}}}"},
				before: map[string]string{"web-0": "a"}, pods: [][2]string{{"web-0", asks("100m", "100Mi")}, {"web-1", asks("100m", "100Mi")}}},
			[]string{"c"},
		},
		"a spread that is only wanted": {
			world{nodes: map[string]string{"a": "{metadata: {labels: {zone: x}}}", "b": "{metadata: {labels: {zone: y}}}", "c": "{}"}, before: map[string]string{"web-0": "a", "one": "b"}, pods: [][2]string{{"web-0", container("image: x")}, {"one", asks("1", "2Gi")},
				{"web-1", asks("1", "1Gi") + ", topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}]"}}},
			[]string{"b"},
		},
		"beside a pod": {
			world{nodes: two, before: map[string]string{"one": "b"}, pods: [][2]string{{"one", asks("1", "1Gi")}, {"two", asks("1", "1Gi") + ", " + wants("podAffinity", "1")}}},
			[]string{"b"},
		},
		"away from a pod, though its node is emptier": {
			world{nodes: two, before: map[string]string{"one": "a", "other": "b"}, pods: [][2]string{{"one", asks("100m", "100Mi")}, {"other", asks("1", "2Gi")}, {"two", asks("1", "1Gi") + ", " + wants("podAntiAffinity", "1")}}},
			[]string{"b"},
		},
		"a pod that another wants beside it": {
			world{nodes: two, before: map[string]string{"two": "b"}, pods: [][2]string{{"two", asks("1", "1Gi") + ", " + wants("podAffinity", "50")}, {"one", asks("1", "1Gi")}}},
			[]string{"b"},
		},
		"a pod that another needs beside it": {
			world{nodes: two, before: map[string]string{"two": "b"}, pods: [][2]string{{"two", asks("1", "1Gi") + ", " + beside}, {"one", asks("1", "1Gi")}}},
			[]string{"b"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, got := tc.place(t)
			assert.Equal(t, tc.best, got.Best)
			assert.Equal(t, tc.best[0], got.Node)
		})
	}
}

// TestBalance compares what NodeResourcesBalancedAllocation says in 1.34 and later. On
// a, cpu is used to 1/2 and the pod brings memory from 0 to 1/4: half the difference
// goes from 1/4 to 1/8, the balance from 75 to 87, which counts 50 + (50+87-75)/2. On b,
// memory goes from 1/8 to 3/8 beside no cpu: from 93 to 81.
func TestBalance(t *testing.T) {
	for minor, want := range map[int][2]int64{0: {81, 69}, 34: {87, 81}} {
		w := world{nodes: map[string]string{"a": "{}", "b": "{}"}, before: map[string]string{"one": "a", "two": "b"}, pods: [][2]string{
			{"one", asks("2", `"0"`)}, {"two", asks(`"0"`, "1Gi")}, {"three", asks(`"0"`, "2Gi")},
		}}
		st, coming := w.open(t)
		st.s.cluster.Minor = minor
		d := &coming[0].class.demand
		assert.Equal(t, want, [2]int64{st.usage.balanced(d, 0), st.usage.balanced(d, 1)}, "1.%d", minor)
	}
}
