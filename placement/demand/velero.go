package demand

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// veleroValues are the values of Velero's chart that say which pods Velero makes from time to
// time (vmware-tanzu/helm-charts@73466ca986 charts/velero/values.yaml).
type veleroValues struct {
	Spec struct {
		Values struct {
			NodeAgent struct {
				Args []string `json:"extraArgs"`
			} `json:"nodeAgent"`
			ConfigMaps map[string]struct {
				Data map[string]string `json:"data"`
			} `json:"configMaps"`
			Configuration struct {
				Maintenance struct {
					Config struct {
						Global jobConfig `json:"global"`
					} `json:"repositoryConfigData"`
				} `json:"repositoryMaintenanceJob"`
			} `json:"configuration"`
		} `json:"values"`
	} `json:"spec"`
}

// jobConfig and agentConfig are what Velero reads (velero 1.18.1 pkg/types/repo_maintenance.go
// and node_agent.go).
type jobConfig struct {
	Resources *podResources `json:"podResources"`
}

type agentConfig struct {
	Concurrency struct {
		Global int32 `json:"globalConfig"`
		Queue  int32 `json:"prepareQueueLength"`
	} `json:"loadConcurrency"`
	Resources *podResources `json:"podResources"`
}

type podResources struct {
	CPURequest    string `json:"cpuRequest"`
	CPULimit      string `json:"cpuLimit"`
	MemoryRequest string `json:"memoryRequest"`
	MemoryLimit   string `json:"memoryLimit"`
}

// velero keeps the pods that Velero makes as the values of its chart say: on each node those
// that copy volumes, of those that wait for their turn as many as may in the cluster, and one
// that tidies up repositories. Values that say nothing of them are those of another chart, or
// leave the pods without requests.
func (r *reader) velero() {
	for _, o := range r.subject.Objects {
		if o.Kind != "HelmRelease" || !strings.HasSuffix(o.Group, "fluxcd.io") {
			continue
		}
		values, err := inventory.Read[veleroValues](o)
		if err != nil {
			continue
		}
		v := values.Spec.Values
		for _, arg := range v.NodeAgent.Args {
			name, named := strings.CutPrefix(arg, "--node-agent-configmap=")
			key := ""
			for k := range v.ConfigMaps { // the chart puts the release before it
				if named && strings.HasSuffix(name, "-"+k) && len(k) > len(key) {
					key = k
				}
			}
			if data := v.ConfigMaps[key].Data; len(data) == 1 { // Velero refuses a second key
				for file, text := range data {
					r.copying(o, text, "configMaps", key, "data", file)
				}
			}
		}
		if res := v.Configuration.Maintenance.Config.Global.Resources; res != nil {
			r.passing(o, "maintenance", res, false, 1, "configuration", "repositoryMaintenanceJob", "repositoryConfigData", "global", "podResources")
		}
	}
}

// copying keeps the pods that copy volumes. A pod that waits copies nothing yet, and takes no
// more than it requests.
func (r *reader) copying(o *manifest.Object, text string, path ...string) {
	var config agentConfig
	if json.Unmarshal([]byte(text), &config) != nil || config.Resources == nil {
		return
	}
	for i := range max(1, config.Concurrency.Global) {
		component := "mover"
		if i > 0 {
			component = fmt.Sprintf("mover %d", i+1)
		}
		r.passing(o, component, config.Resources, true, 1, path...)
	}
	if n := config.Concurrency.Queue; n > 0 {
		waiting := *config.Resources
		waiting.MemoryLimit, waiting.CPULimit = waiting.MemoryRequest, waiting.CPURequest
		r.passing(o, "waiting mover", &waiting, false, int(n), path...)
	}
}

// passing keeps pods that run from time to time, unless Velero would not use what is said of
// them: each of the four amounts must be one, and 0 is none (pkg/util/kube/resource_requirements.go).
func (r *reader) passing(o *manifest.Object, component string, of *podResources, perNode bool, pods int, path ...string) {
	requests, limits := corev1.ResourceList{}, corev1.ResourceList{}
	for _, a := range []struct {
		text string
		into corev1.ResourceList
		name corev1.ResourceName
	}{
		{of.CPURequest, requests, corev1.ResourceCPU}, {of.MemoryRequest, requests, corev1.ResourceMemory},
		{of.CPULimit, limits, corev1.ResourceCPU}, {of.MemoryLimit, limits, corev1.ResourceMemory},
	} {
		amount, err := resource.ParseQuantity(a.text)
		if err != nil {
			return
		}
		if !amount.IsZero() {
			a.into[a.name] = amount
		}
	}
	_, namespace := read(o.Value)
	at := inventory.Spot{Object: o, Keys: append([]string{"spec", "values"}, path...), Path: append([]string{"values"}, slices.Clone(path)...)}
	labels := map[string]string{"app.kubernetes.io/instance": o.Name, "app.kubernetes.io/component": component}
	w := &Workload{
		Name: o.Name + " " + component, Runs: Timed, Pods: pods, PerNode: perNode, Unit: r.unitOf[o], Origin: ofCUE(o.Origin), Component: component, Spot: at,
		Template: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: o.Name + "-" + strings.ReplaceAll(component, " ", "-"), Namespace: namespace, Labels: labels}},
	}
	spec := &w.Template.Spec
	spec.RestartPolicy = corev1.RestartPolicyNever
	spec.Containers = []corev1.Container{{Name: "velero", Resources: corev1.ResourceRequirements{Requests: requests, Limits: limits}}}
	if component != "maintenance" { // they go where the volumes are, past the scheduler
		spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	}
	r.add(w)
}
