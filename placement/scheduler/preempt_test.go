package scheduler

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPreempt fills nodes with pods, and places one that needs their room.
func TestPreempt(t *testing.T) {
	two := map[string]string{"a": "{}", "b": "{}"}
	at := func(priority string) string { return ", priority: " + priority }
	one := map[string]string{"ant": "a"}
	for name, tc := range map[string]struct {
		world
		node    string
		evicted []string
	}{
		"the lower priority": {
			world{nodes: two, before: map[string]string{"ant": "a", "bee": "b"}, pods: [][2]string{{"ant", asks("1", "7Gi") + at("10")}, {"bee", asks("1", "7Gi") + at("5")}, {"new", asks("1", "4Gi") + at("100")}}},
			"b", []string{"bee"},
		},
		"nothing of the same priority": {
			world{nodes: map[string]string{"a": "{}"}, before: one, pods: [][2]string{{"ant", asks("1", "7Gi") + at("10")}, {"new", asks("1", "4Gi") + at("10")}}}, "", nil,
		},
		"a policy of never": {
			world{nodes: map[string]string{"a": "{}"}, before: one, pods: [][2]string{{"ant", asks("1", "7Gi") + at("10")}, {"new", asks("1", "4Gi") + at("100") + ", preemptionPolicy: Never"}}}, "", nil,
		},
		"not more than it needs, and the least important": {
			world{nodes: map[string]string{"a": "{}"}, before: map[string]string{"ant": "a", "bee": "a", "cat": "a"}, pods: [][2]string{{"ant", asks("1", "2Gi") + at("5")}, {"bee", asks("1", "2Gi") + at("10")}, {"cat", asks("1", "2Gi") + at("5")}, {"new", asks("1", "4Gi") + at("100")}}},
			"a", []string{"cat"},
		},
		"fewest pods": {
			world{nodes: two, before: map[string]string{"ant": "a", "bee": "a", "cat": "b"}, pods: [][2]string{{"ant", asks("1", "4Gi")}, {"bee", asks("1", "4Gi")}, {"cat", asks("1", "8Gi")}, {"new", asks("1", "8Gi") + at("100")}}},
			"b", []string{"cat"},
		},
		"the youngest of equals": {
			world{nodes: two, before: map[string]string{"ant": "a", "bee": "b"}, pods: [][2]string{{"ant", asks("1", "7Gi")}, {"bee", asks("1", "7Gi")}, {"new", asks("1", "4Gi") + at("100")}}},
			"b", []string{"bee"},
		},
		"no budget is broken, where that can be": {
			world{nodes: two, before: map[string]string{"ant": "a", "bee": "b"}, more: "{Budgets: [{metadata: {namespace: default, name: bee}, spec: {minAvailable: 1, selector: {matchLabels: {app: bee}}}}]}",
				pods: [][2]string{{"ant", asks("1", "7Gi")}, {"bee", asks("1", "7Gi")}, {"new", asks("1", "4Gi") + at("100")}}},
			"a", []string{"ant"},
		},
		"a budget that allows one": {
			world{nodes: two, before: map[string]string{"ant": "a", "bee": "b"}, more: "{Budgets: [{metadata: {namespace: default, name: bee}, spec: {maxUnavailable: 1, selector: {matchLabels: {app: bee}}}}]}",
				pods: [][2]string{{"ant", asks("1", "7Gi")}, {"bee", asks("1", "7Gi")}, {"new", asks("1", "4Gi") + at("100")}}},
			"b", []string{"bee"},
		},
		"a budget is broken when nothing else helps": {
			world{nodes: map[string]string{"a": "{}"}, before: one, more: "{Budgets: [{metadata: {namespace: default, name: ant}, spec: {minAvailable: 1, selector: {matchLabels: {app: ant}}}}]}",
				pods: [][2]string{{"ant", asks("1", "7Gi")}, {"new", asks("1", "4Gi") + at("100")}}},
			"a", []string{"ant"},
		},
		"a budget's status is what counts": {
			world{nodes: two, before: map[string]string{"ant": "a", "bee": "b"}, more: "{Budgets: [{metadata: {namespace: default, name: bee}, spec: {maxUnavailable: 1, selector: {matchLabels: {app: bee}}}, status: {observedGeneration: 1, expectedPods: 1, disruptionsAllowed: 0}}]}",
				pods: [][2]string{{"ant", asks("1", "7Gi")}, {"bee", asks("1", "7Gi")}, {"new", asks("1", "4Gi") + at("100")}}},
			"a", []string{"ant"},
		},
		"a port and a neighbour that must go": {
			world{nodes: map[string]string{"a": "{}"}, before: map[string]string{"one": "a", "bee": "a", "cat": "a"}, pods: [][2]string{{"one", container("image: x")}, {"bee", container(port + "}]")}, {"cat", container("image: x")}, {"new", container(port+"}]") + ", " + apart + at("100")}}},
			"a", []string{"one", "bee"},
		},
		"a node that is too small anyway": {
			world{nodes: map[string]string{"a": "{}"}, before: one, pods: [][2]string{{"ant", asks("1", "1Gi")}, {"new", asks("1", "9Gi") + at("100")}}}, "", nil,
		},
		"a pod that must be there anyway": {
			world{nodes: map[string]string{"a": "{}"}, before: map[string]string{"one": "a"}, pods: [][2]string{{"one", asks("1", "7Gi")}, {"new", asks("1", "4Gi") + ", " + beside + at("100")}}}, "", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			st, last, got := tc.place(t)
			assert.Equal(t, tc.node, got.Node)
			var evicted []string
			for _, e := range got.Evicted {
				evicted = append(evicted, e.Kubernetes.Name)
				assert.Empty(t, st.Node(e))
			}
			assert.Equal(t, tc.evicted, evicted)
			assert.Equal(t, tc.node, st.Node(last))
		})
	}
}

// TestPreemptionLeavesNoTrace tries to evict in vain, and finds everything as it was.
func TestPreemptionLeavesNoTrace(t *testing.T) {
	w := world{nodes: map[string]string{"a": "{}"}, before: map[string]string{"one": "a", "low": "a"}, pods: [][2]string{
		{"one", asks("1", "5Gi") + ", priority: 200"}, {"low", asks("1", "2Gi")}, {"new", asks("1", "4Gi") + ", priority: 100"},
	}}
	st, coming := w.open(t)
	st.Why(coming[0]) // makes room for it
	was := st.Clone()
	assert.Equal(t, Placement{}, st.Place(coming[0], nil))
	assert.Equal(t, was, st.Clone())
}
