package scheduler

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// read reads YAML into an object.
func read(tb testing.TB, text string, into any) {
	tb.Helper()
	require.NoError(tb, yaml.UnmarshalStrict([]byte(text), into), text)
}

// nodeOf reads a node of 4 cores and 8 GiB, unless it says otherwise; its host name is
// its name.
func nodeOf(tb testing.TB, name, text string) *corev1.Node {
	tb.Helper()
	n := &corev1.Node{}
	read(tb, text, n)
	n.Name = name
	if n.Labels == nil {
		n.Labels = map[string]string{}
	}
	n.Labels[corev1.LabelHostname] = name
	if n.Status.Allocatable == nil {
		read(tb, `{cpu: "4", memory: 8Gi, pods: "110", ephemeral-storage: 20Gi}`, &n.Status.Allocatable)
	}
	return n
}

// podOf reads the spec of a pod in namespace default, labelled app: NAME without what
// follows a dash.
func podOf(tb testing.TB, name, spec string) *corev1.Pod {
	tb.Helper()
	p := &corev1.Pod{}
	read(tb, spec, &p.Spec)
	app, _, _ := strings.Cut(name, "-")
	p.Namespace, p.Name, p.Labels = "default", name, map[string]string{"app": app}
	return p
}

// world is a cluster with the pods that come to it, in their order.
type world struct {
	nodes  map[string]string // YAML by name
	before map[string]string // pods that run already: node by name
	pods   [][2]string       // name and spec
	more   string            // the rest of the Cluster, in YAML
}

// container is a container with requests, or with ports.
func container(rest string) string { return "containers: [{name: c, " + rest + "}]" }

// asks is a pod with requests for cpu and memory.
func asks(cpu, memory string) string {
	return container(fmt.Sprintf("resources: {requests: {cpu: %s, memory: %s}}", cpu, memory))
}

// open makes the scheduler of a world and a state in which the pods that run already
// do, and returns those that are to come.
func (w *world) open(tb testing.TB) (*State, []*Pod) {
	tb.Helper()
	c := &Cluster{}
	if w.more != "" {
		read(tb, w.more, c)
	}
	for name, text := range w.nodes {
		c.Nodes = append(c.Nodes, nodeOf(tb, name, text))
	}
	s, err := New(c)
	require.NoError(tb, err)
	st := s.State()
	var coming []*Pod
	for _, p := range w.pods {
		object := podOf(tb, p[0], "{"+p[1]+"}")
		ready, err := s.Pod(object, &metav1.LabelSelector{MatchLabels: object.Labels})
		require.NoError(tb, err)
		if node := w.before[p[0]]; node != "" {
			st.Put(ready, node)
			continue
		}
		coming = append(coming, ready)
	}
	return st, coming
}

// place places all pods that come, and returns the last and what became of it. Ties
// go to the first by name.
func (w *world) place(tb testing.TB) (*State, *Pod, Placement) {
	tb.Helper()
	st, coming := w.open(tb)
	var got Placement
	for _, p := range coming {
		got = st.Place(p, nil)
	}
	return st, coming[len(coming)-1], got
}

// TestCloneIsIndependent changes a copy and finds the original as it was.
func TestCloneIsIndependent(t *testing.T) {
	w := world{
		nodes: map[string]string{"a": "{}", "b": "{}"},
		pods:  [][2]string{{"one", asks("1", "1Gi")}, {"two", asks("1", "1Gi")}, {"three", asks("1", "1Gi")}},
	}
	st, pods := w.open(t)
	st.Place(pods[0], nil)
	was := st.Clone()
	other := st.Clone()
	other.Place(pods[1], nil)
	other.Remove(pods[0])
	assert.Equal(t, "a", st.Node(pods[0]))
	assert.Empty(t, st.Node(pods[1]))
	assert.Equal(t, was, st.Clone())
	other.Copy(st)
	assert.Equal(t, "a", other.Node(pods[0]))
	assert.Equal(t, st.Place(pods[2], nil).Node, other.Place(pods[2], nil).Node)
}

// TestOrdersAreRepeatable places a large cluster twice in the same order, once in a
// state that has been used for another order before.
func TestOrdersAreRepeatable(t *testing.T) {
	s, pods := large(t, "24Gi")
	empty := s.State()
	order := func(st *State, backwards bool) []string {
		var out []string
		for i := range pods {
			p := pods[i]
			if backwards {
				p = pods[len(pods)-1-i]
			}
			out = append(out, st.Place(p, func(n int) int { return i % n }).Node)
		}
		return out
	}
	st := empty.Clone()
	first := order(st, false)
	assert.NotContains(t, first, "")
	backwards := order(s.State(), true)
	assert.NotEqual(t, first, backwards)
	st.Copy(empty)
	assert.Equal(t, backwards, order(st, true))
}

// TestStatesAreIndependent uses two states of one Scheduler at a time.
func TestStatesAreIndependent(t *testing.T) {
	s, pods := large(t, "24Gi")
	got := make([][]string, 2)
	var both sync.WaitGroup
	for i := range got {
		both.Go(func() {
			st := s.State()
			for _, p := range pods {
				got[i] = append(got[i], st.Place(p, nil).Node)
			}
		})
	}
	both.Wait()
	assert.Equal(t, got[0], got[1])
}

// TestRemoveTakesAllBack places and removes pods with all that they use.
func TestRemoveTakesAllBack(t *testing.T) {
	s, pods := large(t, "24Gi")
	st := s.State()
	for _, p := range pods {
		st.Place(p, nil)
	}
	for _, p := range pods {
		st.Remove(p)
	}
	was := s.State()
	assert.Equal(t, was.usage.loads, st.usage.loads)
	assert.Equal(t, was.tally.counts, st.tally.counts)
	assert.Equal(t, was.tally.totals, st.tally.totals)
	assert.Equal(t, was.bindings.users, st.bindings.users)
}

// TestPodsMayCome makes pods ready while others run, which must then be counted.
func TestPodsMayCome(t *testing.T) {
	w := world{nodes: map[string]string{"a": "{}", "b": "{}"}, pods: [][2]string{{"one", asks("1", "1Gi")}}}
	st, pods := w.open(t)
	assert.Equal(t, "a", st.Place(pods[0], nil).Node)
	late, err := st.s.Pod(podOf(t, "late", `{containers: [{name: c}], affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
		{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: one}}}]}}}`), nil)
	require.NoError(t, err)
	assert.Empty(t, st.Node(late))
	assert.Equal(t, Refusal{Node: "a", Filter: InterPodAffinity, Reason: "node(s) didn't match pod anti-affinity rules"}, st.Why(late)[0])
	assert.Equal(t, "b", st.Place(late, nil).Node)
}

func TestTies(t *testing.T) {
	w := world{nodes: map[string]string{"a": "{}", "b": "{}", "c": "{}"}, pods: [][2]string{{"one", asks("1", "1Gi")}, {"two", asks("1", "1Gi")}}}
	st, pods := w.open(t)
	asked := 0
	got := st.Place(pods[0], func(n int) int { asked = n; return 1 })
	assert.Equal(t, 3, asked)
	assert.Equal(t, Placement{Node: "b", Best: []string{"a", "b", "c"}}, got)
	assert.Equal(t, Placement{Node: "a", Best: []string{"a", "c"}}, st.Place(pods[1], nil))
	assert.Equal(t, Placement{Node: "a", Best: []string{"a"}}, st.Place(pods[1], nil), "it runs there already")
}

// TestBind says where volumes lie: on a node, and on one that is gone.
func TestBind(t *testing.T) {
	w := world{nodes: map[string]string{"a": "{}", "b": "{}"}, more: "{" + local + "}", pods: [][2]string{{"one", container("image: x") + ", " + data}}}
	st, pods := w.open(t)
	onB, gone := st.Clone(), st.Clone()
	onB.Bind("default/data", "b")
	onB.Bind("default/other", "b")
	assert.Equal(t, "b", onB.Place(pods[0], nil).Node)
	onB.Remove(pods[0])
	assert.Equal(t, VolumeBinding, onB.Why(pods[0])[0].Filter, "a removed pod leaves its volume where it is")
	gone.Bind("default/data", "c")
	assert.Empty(t, gone.Place(pods[0], nil).Node)
	assert.Equal(t, "a", st.Place(pods[0], nil).Node)
}

// TestUnreadable names what does not parse.
func TestUnreadable(t *testing.T) {
	s, err := New(&Cluster{Nodes: []*corev1.Node{nodeOf(t, "a", "{}")}})
	require.NoError(t, err)
	for spec, want := range map[string]string{
		`{affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchExpressions: [{key: app, operator: Is}]}}]}}}`: `read pod default/bad: required pod anti-affinity: "Is" is not a valid label selector operator`,
		`{topologySpreadConstraints: [{topologyKey: zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchExpressions: [{key: app, operator: Is}]}}]}`:       `read pod default/bad: topology spread constraint on zone: "Is" is not a valid label selector operator`,
	} {
		_, err := s.Pod(podOf(t, "bad", spec), nil)
		require.EqualError(t, err, want)
	}
	_, err = New(&Cluster{Nodes: []*corev1.Node{nodeOf(t, "a", "{}"), nodeOf(t, "a", "{}")}})
	require.EqualError(t, err, "two nodes are called a")
}
