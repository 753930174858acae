package scheduler

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// nodeOf reads a node; its host name label is its name.
func nodeOf(t *testing.T, name, text string) *corev1.Node {
	t.Helper()
	n := &corev1.Node{}
	require.NoError(t, yaml.UnmarshalStrict([]byte(text), n))
	n.Name = name
	if n.Labels == nil {
		n.Labels = map[string]string{}
	}
	n.Labels[corev1.LabelHostname] = name
	if n.Status.Allocatable == nil {
		require.NoError(t, yaml.UnmarshalStrict([]byte(`{cpu: "4", memory: 8Gi, pods: "110", ephemeral-storage: 20Gi}`), &n.Status.Allocatable))
	}
	return n
}

// podOf reads the spec of a pod in namespace default.
func podOf(t *testing.T, name, spec string) *corev1.Pod {
	t.Helper()
	p := &corev1.Pod{}
	require.NoError(t, yaml.UnmarshalStrict([]byte(spec), &p.Spec))
	p.Namespace, p.Name = "default", name
	p.Labels = map[string]string{"app": name}
	return p
}

// a world is a cluster with the pods that are placed in it, in their order.
type world struct {
	nodes map[string]string // YAML by name
	pods  [][2]string       // name and spec
}

func TestPlace(t *testing.T) {
	const asks = `{containers: [{name: c, resources: {requests: {memory: 1Gi, cpu: 100m}}}]`
	for _, tc := range []struct {
		name string
		world
		last Placement
		why  []Refusal
	}{{
		name: "the emptier node",
		world: world{
			nodes: map[string]string{"a": "{}", "b": "{}"},
			pods:  [][2]string{{"one", asks + ", nodeName: a}"}, {"two", asks + "}"}},
		},
		last: Placement{Node: "b", Best: []string{"b"}},
	}, {
		name:  "a request over the last free byte",
		world: world{nodes: map[string]string{"a": "{status: {allocatable: {cpu: 4, memory: 1Gi, pods: 9}}}"}, pods: [][2]string{{"one", "{containers: [{name: c, resources: {requests: {memory: 1}}}]}"}, {"two", asks + "}"}}},
		why:   []Refusal{{Node: "a", Filter: NodeResourcesFit, Reason: "Insufficient memory"}},
	}, {
		name:  "larger than the node",
		world: world{nodes: map[string]string{"a": "{status: {allocatable: {cpu: 50m, memory: 512Mi, pods: 9}}}"}, pods: [][2]string{{"one", asks + "}"}}},
		why:   []Refusal{{Node: "a", Filter: NodeResourcesFit, Reason: "Insufficient cpu, Insufficient memory", Static: true}},
	}, {
		name: "a taint that is not tolerated",
		world: world{nodes: map[string]string{"a": "{spec: {taints: [{key: gpu, effect: NoSchedule}]}}"},
			pods: [][2]string{{"one", asks + "}"}}},
		why: []Refusal{{Node: "a", Filter: TaintToleration, Reason: "node(s) had untolerated taint(s)", Static: true}},
	}, {
		name: "a port that is taken",
		world: world{nodes: map[string]string{"a": "{}"}, pods: [][2]string{
			{"one", "{containers: [{name: c, ports: [{containerPort: 53, hostPort: 53, protocol: UDP, hostIP: 10.0.0.1}]}]}"},
			{"two", "{containers: [{name: c, ports: [{containerPort: 53, hostPort: 53, protocol: UDP}]}]}"},
		}},
		why: []Refusal{{Node: "a", Filter: NodePorts, Reason: "node(s) didn't have free ports for the requested pod ports"}},
	}} {
		t.Run(tc.name, func(t *testing.T) {
			c := &Cluster{}
			for name, text := range tc.nodes {
				c.Nodes = append(c.Nodes, nodeOf(t, name, text))
			}
			s, err := New(c)
			require.NoError(t, err)
			st := s.State()
			var got Placement
			var last *Pod
			for _, p := range tc.pods {
				last, err = s.Pod(podOf(t, p[0], p[1]), nil)
				require.NoError(t, err)
				got = st.Place(last, nil)
			}
			assert.Equal(t, tc.last, got)
			if tc.why != nil {
				assert.Equal(t, tc.why, st.Why(last))
			}
		})
	}
}
