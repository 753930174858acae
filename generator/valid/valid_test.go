package valid

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

// told are the problems of an object by some rules: code and keys.
func told(t *testing.T, by Rules, text string) []string {
	t.Helper()
	var object map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &object), text)
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	gvk := schema.FromAPIVersionAndKind(apiVersion, kind)
	var into reflect.Type
	if known, err := scheme.Scheme.New(gvk); err == nil {
		into = reflect.TypeOf(known)
	}
	problems := by.object(into, gvk.Group, kind, object)
	out := []string{}
	for _, p := range problems {
		require.NotEmpty(t, p.Fix, p.Problem)
		require.NotContains(t, p.Problem, "\n")
		accepted := ""
		if p.Accepted {
			accepted = "accepted "
		}
		out = append(out, accepted+strings.TrimPrefix(string(p.Code), "object/")+" "+Dotted(p.Keys))
	}
	return out
}

const (
	long    = "a123456789012345678901234567890123456789012345678901234567890123" // 64 bytes
	podHead = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: "
	deploy  = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: "
	cronJob = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x}\nspec: "
)

// objects are written with what is refused in them.
func objects() map[string]string {
	return map[string]string{
		// Amounts, wherever a type has one.
		podHead + "{containers: [{name: a, resources: {requests: {memory: -64Mi, cpu: 1e300, nvidia.com/gpu: 1}}}]}":                                          "amount spec.containers[0].resources.requests.cpu,amount spec.containers[0].resources.requests.memory",
		podHead + "{initContainers: [{name: a, resources: {limits: {ephemeral-storage: 8Ei}}}]}":                                                              "amount spec.initContainers[0].resources.limits.ephemeral-storage",
		podHead + "{overhead: {memory: -1}, volumes: [{name: v, emptyDir: {sizeLimit: NaN}}]}":                                                                "amount spec.volumes[0].emptyDir.sizeLimit,amount spec.overhead.memory",
		podHead + "{resources: {requests: {memory: []}}}":                                                                                                     "amount spec.resources.requests.memory",
		"apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: x}\nspec: {resources: {requests: {storage: 1e40}}}\nstatus: {capacity: {storage: -1}}": "amount spec.resources.requests.storage",
		"apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: x}\nspec: {capacity: {storage: -1Gi}}":                                                      "amount spec.capacity.storage",
		"apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: x}\nspec: {hard: {requests.cpu: 1E, pods: 0.5}}":                                               "amount spec.hard.pods,amount spec.hard[\"requests.cpu\"]",
		"apiVersion: v1\nkind: LimitRange\nmetadata: {name: x}\nspec: {limits: [{type: Container, default: {memory: -1}}]}":                                   "amount spec.limits[0].default.memory",
		"apiVersion: v1\nkind: Node\nmetadata: {name: x}\nstatus: {capacity: {memory: -1}, allocatable: {cpu: inf}}":                                          "amount status.allocatable.cpu,amount status.capacity.memory",
		"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: x}\nspec: {volumeClaimTemplates: [{spec: {resources: {requests: {storage: -1}}}}]}":         "amount spec.volumeClaimTemplates[0].spec.resources.requests.storage",
		"apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x}\nspec: {metrics: [{type: Pods, pods: {target: {averageValue: -1}}}]}": "amount spec.metrics[0].pods.target.averageValue",
		"apiVersion: x.io/v1\nkind: Database\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{name: a, resources: {limits: {memory: 9Ei}}}]}}}":   "amount spec.template.spec.containers[0].resources.limits.memory",
		deploy + "{replicas: 99999999999}": "amount spec.replicas",
		deploy + "{strategy: {rollingUpdate: {maxSurge: 99999999999, maxUnavailable: 99999999999999999999%}}}": "amount spec.strategy.rollingUpdate.maxSurge,amount spec.strategy.rollingUpdate.maxUnavailable",
		// Labels, wherever there are some.
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {a: a b, -x: y}, annotations: {a b: c, ok: any thing}}":    "label metadata.labels.-x,label metadata.labels.a,label metadata.annotations.a b",
		"apiVersion: x.io/v1\nkind: Own\nmetadata: {name: x, labels: {a: " + long + "}}":                                         "label metadata.labels.a",
		deploy + "{selector: {matchLabels: {a: " + long + "}, matchExpressions: [{key: a b, operator: In, values: [ok, n o]}]}}": "label spec.selector.matchLabels.a,label spec.selector.matchExpressions[0].key,label spec.selector.matchExpressions[0].values[1]",
		deploy + "{template: {metadata: {labels: {a: é}}}}":                                                                      "label spec.template.metadata.labels.a",
		podHead + "{nodeSelector: {a/b/c: d}, tolerations: [{key: a b}, {key: a, value: b c}]}":                                  "label spec.nodeSelector[\"a/b/c\"],label spec.tolerations[0].key,label spec.tolerations[1].value",
		podHead + "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [b c]}], matchFields: [{key: metadata.name, operator: In, values: [a.b]}]}]}}}}": "label spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]",
		podHead + "{topologySpreadConstraints: [{topologyKey: a b}]}":                                                                                                                            "accepted label spec.topologySpreadConstraints[0].topologyKey",
		podHead + "{topologySpreadConstraints: [{topologyKey: a/b}, {}, {topologyKey: 'a:b', whenUnsatisfiable: ScheduleAnyway}]}":                                                               "accepted label spec.topologySpreadConstraints[2].topologyKey",
		podHead + "{affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a b, operator: In, values: [../a, ok]}]}}]}}}": "label spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key,accepted label spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[0]",
		"apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: x}\nspec: {nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [b c]}]}]}}}":      "label spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]",
		"apiVersion: storage.k8s.io/v1\nkind: CSIStorageCapacity\nmetadata: {name: x}\nmaximumVolumeSize: -1":                                                                                    "",
		"apiVersion: storage.k8s.io/v1\nkind: CSIStorageCapacity\nmetadata: {name: x}\nmaximumVolumeSize: big\ncapacity: -1":                                                                     "amount maximumVolumeSize,amount capacity",
		"apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {selector: {app: a b}}":                                                                                                       "label spec.selector.app",
		"apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {metrics: [{pods: {metric: {selector: {matchLabels: {'-a': b}}}}}]}":                                                   "accepted label spec.metrics[0].pods.metric.selector.matchLabels.-a",
		"apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {metrics: [{pods: {metric: {selector: {matchExpressions: [{key: a b}]}}}}]}":                                           "accepted label spec.metrics[0].pods.metric.selector.matchExpressions[0].key",
		podHead + "{affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a b}]}}}":                                                                        "label spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey",
		"apiVersion: v1\nkind: Node\nmetadata: {name: x}\nspec: {taints: [{key: a, value: b c, effect: NoSchedule}]}":                                                                            "label spec.taints[0].value",
		"apiVersion: v1\nkind: ReplicationController\nmetadata: {name: x}\nspec: {selector: {app: a b}}":                                                                                         "label spec.selector.app",
		"apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: x}\nallowedTopologies: [{matchLabelExpressions: [{key: a b, values: [ok, n o]}]}]":                                  "accepted label allowedTopologies[0].matchLabelExpressions[0].values[1],label allowedTopologies[0].matchLabelExpressions[0].key",
		podHead + "{ephemeralContainers: [{name: A}]}":                         "name spec.ephemeralContainers[0].name",
		"apiVersion: v1\nkind: Namespace\nmetadata: {name: x, labels: {a: -}}": "label metadata.labels.a",
		// Hosts, of requests and of certificates.
		"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: x}\nspec: {rules: [{host: 'https://a.b'}, {host: A.b}, {host: 'a.b:80'}, {host: 192.168.1.1}, {host: '*.a.b'}, {host: a.b}, {http: {}}], tls: [{hosts: [a.b, a.b/c, '*']}]}": "name spec.rules[0].host,name spec.rules[1].host,name spec.rules[2].host,name spec.rules[3].host,name spec.tls[0].hosts[1],name spec.tls[0].hosts[2]",
		// Names, by kind.
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}":                                        "name metadata.name",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a.b, namespace: a.b}":                      "name metadata.namespace",
		"apiVersion: v1\nkind: Namespace\nmetadata: {name: a.b}":                                      "name metadata.name",
		"apiVersion: v1\nkind: Service\nmetadata: {name: 1a}\nspec: {ports: [{name: A_b, port: 1}]}":  "name metadata.name,name spec.ports[0].name",
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a/b}":                 "name metadata.name",
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'system:x Y'}": "",
		"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: " + long[:53] + "}":                    "name metadata.name",
		"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: " + long[:52] + "}":                    "",
		"apiVersion: batch/v1\nkind: Job\nmetadata: {name: " + long + "}":                             "name metadata.name",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + strings.Repeat("a", 254) + "}":         "name metadata.name",
		"apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: 1a}":                     "",
		"apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}":                                     "",
		podHead + "{containers: [{name: A, ports: [{name: a_b}]}], volumes: [{name: a.b}]}":           "name spec.volumes[0].name,name spec.containers[0].name,name spec.containers[0].ports[0].name",
		// Schedules.
		cronJob + "{schedule: '61 * * * *'}": "schedule spec.schedule", cronJob + "{schedule: ''}": "schedule spec.schedule", cronJob + "{schedule: 'TZ=0'}": "schedule spec.schedule",
		cronJob + "{schedule: 'CRON_TZ=UTC 0 3 * * *'}": "schedule spec.schedule", cronJob + "{schedule: '* * * * * *'}": "schedule spec.schedule", cronJob + "{schedule: '@sometimes'}": "schedule spec.schedule",
		cronJob + "{schedule: '@daily', timeZone: Europe/Copenhgen}": "schedule spec.timeZone", cronJob + "{schedule: '@daily', timeZone: Local}": "schedule spec.timeZone", cronJob + "{schedule: '@daily', timeZone: ''}": "schedule spec.timeZone",
		cronJob + "{schedule: '0 3 * * mon-fri', timeZone: Europe/Copenhagen}": "", cronJob + "{schedule: '@every 1h'}": "",
		"apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: x}\nspec: {schedule: nightly}": "schedule spec.schedule",
		// And what is sound.
		podHead + "{containers: [{name: a, resources: {requests: {memory: 100M, cpu: 0, ephemeral-storage: 1E}, limits: {memory: 1e9}}}], tolerations: [{operator: Exists}]}": "",
		podHead + "{containers: [{name: a, resources: {requests: {memory: 64, cpu: 100m}, limits: {memory: 512m}}}], volumes: [{name: v, emptyDir: {sizeLimit: 64Ki}}]}":      "small-amount spec.containers[0].resources.requests.memory,small-amount spec.containers[0].resources.limits.memory",
		"apiVersion: v1\nkind: LimitRange\nmetadata: {name: x}\nspec: {limits: [{type: Container, min: {memory: 4Ki}, default: {memory: 64m}}]}":                              "small-amount spec.limits[0].default.memory",
	}
}

func TestObject(t *testing.T) {
	for text, want := range objects() {
		assert.ElementsMatch(t, strings.FieldsFunc(want, func(c rune) bool { return c == ',' }), told(t, rules(), text), text)
	}
}

// Each rule is switched off once, and an object above is no longer told of.
func TestMutants(t *testing.T) {
	for of := range rules() {
		mutant := rules()
		delete(mutant, of)
		noticed := false
		for text, want := range objects() {
			noticed = noticed || len(told(t, mutant, text)) < len(strings.FieldsFunc(want, func(c rune) bool { return c == ',' }))
		}
		assert.True(t, noticed || of.PkgPath() == "k8s.io/api/batch/v1beta1", of)
	}
}

// What is decoded afterwards is told from every amount, and nothing that was given is changed.
func TestKnown(t *testing.T) {
	given := map[string]any{"spec": map[string]any{"capacity": map[string]any{"storage": "1e300", "other": "1Gi"}}}
	into, err := scheme.Scheme.New(schema.FromAPIVersionAndKind("v1", "PersistentVolume"))
	require.NoError(t, err)
	problems := Object(reflect.TypeOf(into), "", "PersistentVolume", given)
	require.Len(t, problems, 1)
	require.Equal(t, map[string]any{"spec": map[string]any{"capacity": map[string]any{"storage": "-1", "other": "1Gi"}}}, Known(given, problems))
	require.Equal(t, "1e300", given["spec"].(map[string]any)["capacity"].(map[string]any)["storage"])
}

func TestCodes(t *testing.T) {
	for _, c := range Codes() {
		assert.NotEmpty(t, c.Title+c.Text+c.Example)
	}
}
