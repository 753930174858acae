package scheduler

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// fullOf is a state of two nodes that are full with pods, and a number of pods of a
// priority that are to come. Pods are all of one template, or each of its own.
func fullOf(t *testing.T, pods, more int, priority int32, alike bool) (*State, []*Pod) {
	t.Helper()
	c := &Cluster{}
	for _, name := range []string{"one", "two"} {
		n := &corev1.Node{}
		n.Name = name
		require.NoError(t, yaml.Unmarshal(fmt.Appendf(nil, `{cpu: "64", memory: 64Gi, pods: %d}`, pods/2), &n.Status.Allocatable))
		c.Nodes = append(c.Nodes, n)
	}
	s, err := New(c)
	require.NoError(t, err)
	made := func(i int, priority int32) *Pod {
		p := &corev1.Pod{}
		p.Namespace, p.Spec.Priority = "default", &priority
		if !alike {
			p.Labels = map[string]string{"number": fmt.Sprint(i)}
		}
		out, err := s.Pod(p, nil)
		require.NoError(t, err)
		return out
	}
	st := s.State()
	for i := range pods {
		require.NotEmpty(t, st.Place(made(i, 0), nil).Node)
	}
	var out []*Pod
	for i := range more {
		out = append(out, made(i, priority))
	}
	return st, out
}

// stepsOf is how often a node was asked about to place pods.
func stepsOf(st *State, pods []*Pod) (steps, placed int) {
	before := st.steps
	for _, p := range pods {
		if st.Place(p, nil).Node != "" {
			placed++
		}
	}
	return st.steps - before, placed
}

// Of pods of one template that no node takes, the first is asked about, whatever comes
// after it.
func TestPendingPodsCostNothing(t *testing.T) {
	for _, n := range []int{10, 1000} {
		st, pods := fullOf(t, 20, n, 0, true)
		steps, placed := stepsOf(st, pods)
		assert.Zero(t, placed)
		assert.Equal(t, 1, steps)

		// Once something has changed they are asked about again.
		st.Remove(st.s.pods[0])
		steps, placed = stepsOf(st, pods)
		assert.Equal(t, 1, placed)
		assert.Equal(t, 2, steps)
	}
	// The test would notice: of templates of their own, each is asked about.
	st, pods := fullOf(t, 20, 1000, 0, false)
	steps, _ := stepsOf(st, pods)
	assert.Equal(t, 1000, steps)
}

// Evictions among many like pods ask about a node a few times for each, however many
// there are.
func TestEvictionsOfLikePods(t *testing.T) {
	of := func(pods int, alike bool) int {
		st, more := fullOf(t, pods, 20, 1000, alike)
		steps, placed := stepsOf(st, more)
		require.Equal(t, 20, placed)
		return steps
	}
	assert.Less(t, of(4000, true), 2*of(400, true))
	// The test would notice: pods of templates of their own are tried one by one.
	assert.Greater(t, of(4000, false), 5*of(400, false))
}
