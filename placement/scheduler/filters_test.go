package scheduler

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	apart  = `affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: one}}}]}}`
	beside = `affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: one}}}]}}`
	evenly = `topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}`
	port   = `ports: [{containerPort: 53, hostPort: 53, protocol: UDP`
	local  = `Local: {local-path: true}, Claims: [{metadata: {namespace: default, name: data}, spec: {storageClassName: local-path, accessModes: [ReadWriteOnce]}}]`
	data   = `volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]`
)

// TestFilters places pods; the last stays pending, or is refused by some nodes.
func TestFilters(t *testing.T) {
	one := map[string]string{"a": "{}"}
	two := map[string]string{"a": "{}", "b": "{}"}
	zones := map[string]string{"a": "{metadata: {labels: {zone: x}}}", "b": "{metadata: {labels: {zone: y}}}", "c": "{}"}
	for name, tc := range map[string]struct {
		world
		node string
		why  []Refusal // before the last is placed
	}{
		"a request over the last free byte": {
			world: world{nodes: map[string]string{"a": `{status: {allocatable: {cpu: "4", memory: 1Gi, pods: "9"}}}`}, pods: [][2]string{{"one", asks("0", `"1"`)}, {"two", asks("1", "1Gi")}}},
			why:   []Refusal{{"a", NodeResourcesFit, "Insufficient memory", false}},
		},
		"the last free byte": {
			world: world{nodes: map[string]string{"a": `{status: {allocatable: {cpu: "4", memory: 1Gi, pods: "9"}}}`}, pods: [][2]string{{"one", asks("0", `"1"`)}, {"two", asks("1", `"1073741823"`)}}},
			node:  "a", why: []Refusal{{Node: "a"}},
		},
		"larger than the node": {
			world: world{nodes: map[string]string{"a": `{status: {allocatable: {cpu: 500m, memory: 512Mi, pods: "9"}}}`}, pods: [][2]string{{"one", asks("1", "1Gi")}}},
			why:   []Refusal{{"a", NodeResourcesFit, "Insufficient cpu, Insufficient memory", true}},
		},
		"a limit is a request where none is made": {
			world: world{nodes: one, pods: [][2]string{{"one", container("resources: {limits: {memory: 9Gi}}")}}},
			why:   []Refusal{{"a", NodeResourcesFit, "Insufficient memory", true}},
		},
		"a native sidecar beside an init container": {
			world: world{nodes: one, pods: [][2]string{{"one", `containers: [{name: c}], initContainers: [{name: proxy, restartPolicy: Always, resources: {requests: {memory: 5Gi}}}, {name: late, resources: {requests: {memory: 4Gi}}}]`}}},
			why:   []Refusal{{"a", NodeResourcesFit, "Insufficient memory", true}},
		},
		"an init container is gone when the others run": {
			world: world{nodes: one, pods: [][2]string{{"one", `containers: [{name: c, resources: {requests: {memory: 5Gi}}}], initContainers: [{name: early, resources: {requests: {memory: 4Gi}}}]`}}},
			node:  "a",
		},
		"resources of the pod as a whole, and overhead": {
			world: world{nodes: one, pods: [][2]string{{"one", asks("1", "1Gi") + ", resources: {requests: {memory: 6Gi}}, overhead: {memory: 3Gi}"}}},
			why:   []Refusal{{"a", NodeResourcesFit, "Insufficient memory", true}},
		},
		"the number of pods": {
			world: world{nodes: map[string]string{"a": `{status: {allocatable: {pods: "1"}}}`}, pods: [][2]string{{"one", container("image: x")}, {"two", container("image: x")}}},
			why:   []Refusal{{"a", NodeResourcesFit, "Too many pods", false}},
		},
		"a device that is in use, and one that no node has": {
			world: world{nodes: map[string]string{"a": `{status: {allocatable: {pods: "9", gpu.intel.com/i915: "1"}}}`}, pods: [][2]string{
				{"one", container(`resources: {limits: {gpu.intel.com/i915: "1"}}`)}, {"two", container(`resources: {limits: {gpu.intel.com/i915: "1", example.org/tpu: "1"}}`)}}},
			why: []Refusal{{"a", NodeResourcesFit, "Insufficient example.org/tpu, Insufficient gpu.intel.com/i915", true}},
		},
		"ephemeral storage": {
			world: world{nodes: one, pods: [][2]string{{"one", container("resources: {requests: {ephemeral-storage: 15Gi}}")}, {"two", container("resources: {requests: {ephemeral-storage: 15Gi}}")}}},
			why:   []Refusal{{"a", NodeResourcesFit, "Insufficient ephemeral-storage", false}},
		},
		"a taint that is not tolerated": {
			world: world{nodes: map[string]string{"a": "{spec: {taints: [{key: gpu, effect: NoSchedule}]}}", "b": "{spec: {taints: [{key: gpu, effect: NoExecute}]}}"}, pods: [][2]string{{"one", container("image: x") + ", tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]"}}},
			node:  "a", why: []Refusal{{Node: "a"}, {"b", TaintToleration, "node(s) had untolerated taint(s)", true}},
		},
		"a cordon": {
			world: world{nodes: map[string]string{"a": "{spec: {unschedulable: true}}"}, pods: [][2]string{{"one", container("image: x")}}},
			why:   []Refusal{{"a", NodeUnschedulable, "node(s) were unschedulable", true}},
		},
		"a node by name": {
			world: world{nodes: two, pods: [][2]string{{"one", container("image: x") + ", nodeName: b"}}},
			node:  "b", why: []Refusal{{"a", NodeName, "node(s) didn't match the requested node name", true}, {Node: "b"}},
		},
		"a selector of nodes": {
			world: world{nodes: two, pods: [][2]string{{"one", container("image: x") + ", nodeSelector: {kubernetes.io/hostname: b}"}}},
			node:  "b", why: []Refusal{{"a", NodeAffinity, "node(s) didn't match Pod's node affinity/selector", true}, {Node: "b"}},
		},
		"a node that a DaemonSet names": {
			world: world{nodes: two, pods: [][2]string{{"one", container("image: x") + ", affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [b]}]}]}}}"}}},
			node:  "b", why: []Refusal{{"a", NodeAffinity, "node(s) didn't satisfy plugin(s) [NodeAffinity]", true}, {Node: "b"}},
		},
		"names that no node can have at once": {
			world: world{nodes: one, pods: [][2]string{{"one", container("image: x") + ", affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [a]}, {key: metadata.name, operator: In, values: [b]}]}]}}}"}}},
			why:   []Refusal{{"a", NodeAffinity, "pod affinity terms conflict", true}},
		},
		"a port that is taken on one address": {
			world: world{nodes: one, pods: [][2]string{{"one", container(port + ", hostIP: 10.0.0.1}]")}, {"two", container(port + "}]")}}},
			why:   []Refusal{{"a", NodePorts, "node(s) didn't have free ports for the requested pod ports", false}},
		},
		"the same port on another address": {
			world: world{nodes: one, pods: [][2]string{{"one", container(port + ", hostIP: 10.0.0.1}]")}, {"two", container(port + ", hostIP: 10.0.0.2}]")}}},
			node:  "a",
		},
		"a port in the host's network": {
			world: world{nodes: one, pods: [][2]string{{"one", container(port + "}]")}, {"two", "hostNetwork: true, " + container("ports: [{containerPort: 53, protocol: UDP}]")}}},
			why:   []Refusal{{"a", NodePorts, "node(s) didn't have free ports for the requested pod ports", false}},
		},
		"a network disk that is written": {
			world: world{nodes: one, pods: [][2]string{{"one", container("image: x") + ", volumes: [{name: d, iscsi: {targetPortal: x, iqn: i, lun: 0, readOnly: true}}]"}, {"two", container("image: x") + ", volumes: [{name: d, iscsi: {targetPortal: x, iqn: i, lun: 0}}]"}}},
			why:   []Refusal{{"a", VolumeRestrictions, "node(s) had no available disk", false}},
		},
		"a claim that one pod may use": {
			world: world{nodes: two, more: "{Classes: [{metadata: {name: nfs}, provisioner: nfs, volumeBindingMode: WaitForFirstConsumer}], Claims: [{metadata: {namespace: default, name: data}, spec: {storageClassName: nfs, accessModes: [ReadWriteOncePod]}}]}",
				pods: [][2]string{{"one", container("image: x") + ", " + data}, {"two", container("image: x") + ", " + data}}},
			why: []Refusal{{"a", VolumeRestrictions, "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod", false},
				{"b", VolumeRestrictions, "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod", false}},
		},
		"a volume on the node of its first pod": {
			world: world{nodes: two, more: "{" + local + "}", pods: [][2]string{{"one", asks("2", "6Gi") + ", " + data}, {"two", asks("2", "2Gi") + ", " + data}}},
			node:  "a", why: []Refusal{{Node: "a"}, {"b", VolumeBinding, "node(s) didn't match PersistentVolume's node affinity", true}},
		},
		"a volume on a full node": {
			world: world{nodes: two, more: "{" + local + "}", before: map[string]string{"one": "b"}, pods: [][2]string{{"one", asks("2", "6Gi") + ", " + data}, {"two", asks("2", "3Gi") + ", " + data}}},
			why:   []Refusal{{"a", VolumeBinding, "node(s) didn't match PersistentVolume's node affinity", true}, {"b", NodeResourcesFit, "Insufficient memory", false}},
		},
		"a class that does not allow the node": {
			world: world{nodes: two, more: "{Classes: [{metadata: {name: sata}, provisioner: x, volumeBindingMode: WaitForFirstConsumer, allowedTopologies: [{matchLabelExpressions: [{key: kubernetes.io/hostname, values: [b]}]}]}], Claims: [{metadata: {namespace: default, name: data}, spec: {storageClassName: sata}}]}",
				pods: [][2]string{{"one", container("image: x") + ", " + data}}},
			node: "b", why: []Refusal{{"a", VolumeBinding, "node(s) didn't find available persistent volumes to bind", true}, {Node: "b"}},
		},
		"a volume that is bound, with its node": {
			world: world{nodes: two, more: "{Volumes: [{metadata: {name: v}, spec: {nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [b]}]}]}}}}], Claims: [{metadata: {namespace: default, name: data}, spec: {volumeName: v}}]}",
				pods: [][2]string{{"one", container("image: x") + ", " + data}}},
			node: "b", why: []Refusal{{"a", VolumeBinding, "node(s) didn't match PersistentVolume's node affinity", true}, {Node: "b"}},
		},
		"a volume in another zone": {
			world: world{nodes: map[string]string{"a": "{metadata: {labels: {topology.kubernetes.io/zone: x}}}", "b": "{metadata: {labels: {topology.kubernetes.io/zone: z}}}"},
				more: "{Volumes: [{metadata: {name: v, labels: {topology.kubernetes.io/zone: y__z}}, spec: {}}], Claims: [{metadata: {namespace: default, name: data}, spec: {volumeName: v}}]}",
				pods: [][2]string{{"one", container("image: x") + ", " + data}}},
			node: "b", why: []Refusal{{"a", VolumeZone, "node(s) had no available volume zone", true}, {Node: "b"}},
		},
		"volumes that nobody makes anew": {
			world: world{nodes: two, more: `{Classes: [{metadata: {name: disk}, provisioner: kubernetes.io/no-provisioner, volumeBindingMode: WaitForFirstConsumer}],
				Volumes: [{metadata: {name: v}, spec: {storageClassName: disk, capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce]}}],
				Claims: [{metadata: {namespace: default, name: data}, spec: {storageClassName: disk, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}},
					{metadata: {namespace: default, name: other}, spec: {storageClassName: disk, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}`,
				pods: [][2]string{{"one", container("image: x") + ", " + data}, {"two", container("image: x") + ", volumes: [{name: d, persistentVolumeClaim: {claimName: other}}]"}}},
			why: []Refusal{{"a", VolumeBinding, "node(s) didn't find available persistent volumes to bind", true}, {"b", VolumeBinding, "node(s) didn't find available persistent volumes to bind", true}},
		},
		"a claim that is not there": {
			world: world{nodes: one, pods: [][2]string{{"one", container("image: x") + ", " + data}}},
			why:   []Refusal{{"a", VolumeRestrictions, `persistentvolumeclaim "data" not found`, true}},
		},
		"a claim that nothing fulfils": {
			world: world{nodes: one, more: "{Claims: [{metadata: {namespace: default, name: data}, spec: {}}]}", pods: [][2]string{{"one", container("image: x") + ", " + data}}},
			why:   []Refusal{{"a", VolumeBinding, "pod has unbound immediate PersistentVolumeClaims", true}},
		},
		"a volume for the pod alone": {
			world: world{nodes: one, more: "{" + local + "}", pods: [][2]string{{"one", container("image: x") + ", volumes: [{name: d, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: lost}}}}]"}}},
			why:   []Refusal{{"a", VolumeBinding, `storageclass.storage.k8s.io "lost" not found`, true}},
		},
		"a gate": {
			world: world{nodes: one, pods: [][2]string{{"one", container("image: x") + ", schedulingGates: [{name: example.org/wait}]"}}},
			why:   []Refusal{{"a", SchedulingGates, "Scheduling is blocked due to non-empty scheduling gates", true}},
		},
		"a spread that cannot hold": {
			world: world{nodes: zones, before: map[string]string{"web-0": "a"}, pods: [][2]string{{"web-0", container("image: x") + ", " + evenly + "}]"}, {"web-1", container("image: x") + ", nodeSelector: {kubernetes.io/hostname: a}, " + evenly + ", nodeAffinityPolicy: Ignore}]"}}},
			why: []Refusal{{"a", PodTopologySpread, "node(s) didn't match pod topology spread constraints", false},
				{"b", NodeAffinity, "node(s) didn't match Pod's node affinity/selector", true}, {"c", NodeAffinity, "node(s) didn't match Pod's node affinity/selector", true}},
		},
		"a spread over the nodes that the pod may use": {
			world: world{nodes: zones, before: map[string]string{"web-0": "a"}, pods: [][2]string{{"web-0", container("image: x") + ", " + evenly + "}]"}, {"web-1", container("image: x") + ", nodeSelector: {kubernetes.io/hostname: a}, " + evenly + "}]"}}},
			node:  "a",
		},
		"a spread and a node without the label": {
			world: world{nodes: zones, before: map[string]string{"web-0": "a"}, pods: [][2]string{{"web-0", container("image: x")}, {"web-1", container("image: x") + ", " + evenly + "}]"}}},
			node:  "b", why: []Refusal{{"a", PodTopologySpread, "node(s) didn't match pod topology spread constraints", false}, {Node: "b"}, {"c", PodTopologySpread, "node(s) didn't match pod topology spread constraints (missing required label)", true}},
		},
		"a spread over more domains than there are": {
			world: world{nodes: zones, before: map[string]string{"web-0": "a", "web-1": "b"}, pods: [][2]string{{"web-0", container("image: x")}, {"web-1", container("image: x")}, {"web-2", container("image: x") + ", " + evenly + ", minDomains: 3}]"}}},
			why: []Refusal{{"a", PodTopologySpread, "node(s) didn't match pod topology spread constraints", false}, {"b", PodTopologySpread, "node(s) didn't match pod topology spread constraints", false},
				{"c", PodTopologySpread, "node(s) didn't match pod topology spread constraints (missing required label)", true}},
		},
		"pods that must not meet": {
			world: world{nodes: two, pods: [][2]string{{"one", container("image: x")}, {"two", container("image: x") + ", " + apart}}},
			node:  "b", why: []Refusal{{"a", InterPodAffinity, "node(s) didn't match pod anti-affinity rules", false}, {Node: "b"}},
		},
		"a pod that others will not meet": {
			world: world{nodes: two, pods: [][2]string{{"two", container("image: x") + ", " + apart}, {"one", container("image: x")}}},
			node:  "b", why: []Refusal{{"a", InterPodAffinity, "node(s) didn't satisfy existing pods anti-affinity rules", false}, {Node: "b"}},
		},
		"pods that must be together": {
			world: world{nodes: two, before: map[string]string{"one": "b"}, pods: [][2]string{{"one", asks("3", "7Gi")}, {"two", container("image: x") + ", " + beside}}},
			node:  "b", why: []Refusal{{"a", InterPodAffinity, "node(s) didn't match pod affinity rules", false}, {Node: "b"}},
		},
		"the first of those that must be together": {
			world: world{nodes: two, pods: [][2]string{{"one", container("image: x") + ", " + beside}}},
			node:  "a", why: []Refusal{{Node: "a"}, {Node: "b"}},
		},
		"pods that must be beside one that does not run": {
			world: world{nodes: one, pods: [][2]string{{"two", container("image: x") + ", " + beside}}},
			why:   []Refusal{{"a", InterPodAffinity, "node(s) didn't match pod affinity rules", false}},
		},
		"pods of other namespaces": {
			world: world{nodes: two, more: "{Namespaces: {default: {tier: home}}}", pods: [][2]string{{"one", container("image: x")}, {"two", container("image: x") + ", affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, namespaceSelector: {matchLabels: {tier: home}}, labelSelector: {}}]}}"}}},
			node:  "b",
		},
	} {
		t.Run(name, func(t *testing.T) {
			st, coming := tc.open(t)
			for _, p := range coming[:len(coming)-1] {
				assert.NotEmpty(t, st.Place(p, nil).Node, p.Kubernetes.Name)
			}
			last := coming[len(coming)-1]
			if tc.why != nil {
				assert.Equal(t, tc.why, st.Why(last))
			}
			assert.Equal(t, tc.node, st.Place(last, nil).Node)
			if tc.why != nil && tc.node != "" {
				for i, r := range st.Why(last) { // its claims are bound now
					assert.Equal(t, tc.why[i].Filter, r.Filter, "it is judged as if it did not run")
				}
			}
		})
	}
}
