package tree_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/model"
)

// chartMade is what a chart renders with our values: testdata/charts-made.json, which
// names its source.
type chartMade struct {
	Workloads       []workloadMade
	Services        []serviceMade
	CustomResources map[string]resourceMade
}

type workloadMade struct {
	Kind, Name, Hook           string
	Replicas                   *int32
	NodeSelector               map[string]string
	Containers, InitContainers []containerMade
}

type containerMade struct {
	Name      string
	Resources corev1.ResourceRequirements
	Ports     []corev1.ContainerPort
}

type serviceMade struct {
	Name  string
	Ports []corev1.ServicePort
}

// resourceMade is an object that the Prometheus operator makes a StatefulSet of.
type resourceMade struct {
	Name      string
	Replicas  int32
	Resources corev1.ResourceRequirements
}

// amounts are what a component takes of the nodes, as text that can be compared.
func amounts(perNode bool, replicas int32, requests, limits corev1.ResourceList) string {
	where := fmt.Sprintf("%d pods", replicas)
	if perNode {
		where = "a pod on each node"
	}
	of := func(list corev1.ResourceList, name corev1.ResourceName) string {
		q := list[name]
		return q.String()
	}
	return fmt.Sprintf("%s that requests cpu %s, memory %s; limits cpu %s, memory %s", where,
		of(requests, corev1.ResourceCPU), of(requests, corev1.ResourceMemory), of(limits, corev1.ResourceCPU), of(limits, corev1.ResourceMemory))
}

// declaredAmounts are those of a footprint's component.
func declaredAmounts(f *model.Footprint) string {
	list := func(r *model.Resources) corev1.ResourceList {
		out := corev1.ResourceList{}
		if r != nil && r.CPU != nil {
			out[corev1.ResourceCPU] = *r.CPU
		}
		if r != nil && r.Memory != nil {
			out[corev1.ResourceMemory] = *r.Memory
		}
		return out
	}
	replicas := int32(1)
	if f.Replicas != nil {
		replicas = *f.Replicas
	}
	return amounts(f.PerNode, replicas, list(f.Requests), list(f.Limits))
}

// madeAmounts are those of a workload: the sum of its containers, or the largest of its
// init containers where that is more. A limit counts only where each container has one.
func madeAmounts(w workloadMade) string {
	total := func(of func(containerMade) corev1.ResourceList, all bool) corev1.ResourceList {
		out := corev1.ResourceList{}
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			var sum resource.Quantity
			bounded := true
			for _, c := range w.Containers {
				q, set := of(c)[name]
				bounded = bounded && set
				sum.Add(q)
			}
			for _, c := range w.InitContainers {
				if q := of(c)[name]; q.Cmp(sum) > 0 && (bounded || !all) {
					sum = q
				}
			}
			if bounded || !all {
				out[name] = sum
			}
		}
		return out
	}
	replicas := int32(1)
	if w.Replicas != nil {
		replicas = *w.Replicas
	}
	return amounts(w.Kind == "DaemonSet", replicas,
		total(func(c containerMade) corev1.ResourceList { return c.Resources.Requests }, false),
		total(func(c containerMade) corev1.ResourceList { return c.Resources.Limits }, true))
}

// operated are the workloads that the Prometheus operator makes: the resource's own
// container, and a config reloader as the operator is told by its flags
// --config-reloader-cpu-request and the like, which the chart sets from
// prometheusOperator.prometheusConfigReloader.resources (prometheus-operator
// pkg/operator/config_reloader.go@v0.93.1).
func operated(t *testing.T, made chartMade, values map[string]any) []workloadMade {
	t.Helper()
	var out []workloadMade
	for kind, r := range made.CustomResources {
		var reloader corev1.ResourceRequirements
		b, err := json.Marshal(object(values).at("prometheusOperator", "prometheusConfigReloader", "resources"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &reloader))
		out = append(out, workloadMade{Kind: "StatefulSet", Name: kind, Replicas: &r.Replicas, Containers: []containerMade{{Resources: r.Resources}, {Resources: reloader}}})
	}
	return out
}

// misjudged are the differences between a chart's footprint and Services as we declare
// them and as it makes them on nodes with these labels.
func misjudged(t *testing.T, c *model.Chart, release string, made chartMade, labels map[string]bool) []string {
	t.Helper()
	var out []string
	left := map[string][]string{}
	for component, f := range c.Footprint {
		if f.Off == "" {
			left[declaredAmounts(f)] = append(left[declaredAmounts(f)], component)
		}
	}
	for _, w := range slices.Concat(made.Workloads, operated(t, made, c.Values)) {
		nowhere := false
		for key := range w.NodeSelector {
			nowhere = nowhere || !labels[key]
		}
		if w.Hook != "" || nowhere {
			continue
		}
		a := madeAmounts(w)
		if len(left[a]) == 0 {
			out = append(out, fmt.Sprintf("%s %s is %s, and no component of the footprint is", w.Kind, w.Name, a))
			continue
		}
		left[a] = left[a][1:]
	}
	for a, components := range left {
		for _, component := range components {
			out = append(out, fmt.Sprintf("footprint.%s is %s, and nothing that the chart makes is", component, a))
		}
	}
	for name, s := range c.Services {
		if !serves(s, release, made) && c.Metrics[name] == "" { // what is scraped needs no Service
			out = append(out, fmt.Sprintf("services.%s: the chart has no such Service", name))
		}
	}
	return out
}

// serves reports whether a chart makes a Service as we declare it.
func serves(s *model.ChartService, release string, made chartMade) bool {
	name := s.Service
	if name == "" {
		name = release
	}
	target := s.Target
	if target == 0 {
		target = s.Port
	}
	return slices.ContainsFunc(made.Services, func(m serviceMade) bool {
		return m.Name == name && slices.ContainsFunc(m.Ports, func(p corev1.ServicePort) bool {
			if p.Port != s.Port || (p.Protocol == corev1.ProtocolUDP) != s.UDP {
				return false
			}
			if p.TargetPort.StrVal == "" {
				return p.TargetPort.IntVal == target || p.TargetPort.IntVal == 0 && p.Port == target
			}
			return slices.ContainsFunc(made.Workloads, func(w workloadMade) bool {
				return slices.ContainsFunc(w.Containers, func(c containerMade) bool {
					return slices.ContainsFunc(c.Ports, func(o corev1.ContainerPort) bool {
						return o.Name == p.TargetPort.StrVal && o.ContainerPort == target
					})
				})
			})
		})
	})
}

// unbounded are the containers that a cluster refuses whose policies deny what has no
// limit of memory: of hooks too, at which Helm stops, but for tests.
func unbounded(made chartMade) []string {
	var out []string
	for _, w := range made.Workloads {
		for _, c := range slices.Concat(w.InitContainers, w.Containers) {
			if _, bounded := c.Resources.Limits[corev1.ResourceMemory]; !bounded && w.Hook != "test" {
				out = append(out, fmt.Sprintf("container %s of %s %s has no limit of memory", c.Name, w.Kind, w.Name))
			}
		}
	}
	return out
}

// Every release of the reference clusters takes of the nodes what its chart makes of our
// values, and has the Services that we declare. Only tailscale-operator's is not known.
func TestFootprintsAreWhatChartsMake(t *testing.T) {
	text, err := os.ReadFile("testdata/charts-made.json")
	require.NoError(t, err)
	var known struct{ Releases map[string]chartMade }
	require.NoError(t, json.Unmarshal(text, &known))
	seen, denying := map[string]bool{}, 0
	each(t, func(t *testing.T, name string) {
		_, declared, _ := render(t, name)
		labels := map[string]bool{"kubernetes.io/os": true, "kubernetes.io/arch": true, "kubernetes.io/hostname": true}
		for _, n := range declared.Cluster.Nodes {
			for key := range n.Labels {
				labels[key] = true
			}
		}
		for release, c := range declared.Charts {
			if c.Off != "" || c.Outside != "" {
				continue
			}
			key := release
			if name != reference {
				key = name + "-" + release
			}
			made, found := known.Releases[key]
			require.True(t, found, "nobody rendered the chart of %s", key)
			seen[key] = true
			require.Empty(t, misjudged(t, c, release, made, labels), key)
			if declared.Cluster.Policies.Action == "Deny" {
				require.Empty(t, unbounded(made), key)
				denying++
			}
		}
	})
	require.NotZero(t, denying)
	for key := range known.Releases {
		require.True(t, seen[key], "%s is no release of a reference cluster", key)
	}
}

// Anything else that we could declare is noticed.
func TestMisjudgedChartIsNoticed(t *testing.T) {
	text, err := os.ReadFile("testdata/charts-made.json")
	require.NoError(t, err)
	var known struct{ Releases map[string]chartMade }
	require.NoError(t, json.Unmarshal(text, &known))
	labels := map[string]bool{"kubernetes.io/os": true}
	two := int32(2)
	for name, mutant := range map[string]func(c *model.Chart){
		"less memory requested": func(c *model.Chart) { *c.Footprint["prometheus"].Requests.Memory = resource.MustParse("1Gi") },
		"a higher limit":        func(c *model.Chart) { *c.Footprint["grafana"].Limits.Memory = resource.MustParse("1Gi") },
		"one for each node":     func(c *model.Chart) { c.Footprint["operator"].PerNode = true },
		"two replicas":          func(c *model.Chart) { c.Footprint["operator"].Replicas = &two },
		"a component forgotten": func(c *model.Chart) { delete(c.Footprint, "alertmanager") },
		"one too many":          func(c *model.Chart) { c.Footprint["thanos"] = c.Footprint["operator"] },
		"another Service":       func(c *model.Chart) { c.Services["prometheus"].Service = "prometheus" },
		"another port":          func(c *model.Chart) { c.Services["prometheus"].Port = 9091 },
		"another target":        func(c *model.Chart) { c.Services["grafana"].Target = 3001 },
	} {
		_, declared, _ := render(t, reference)
		c := declared.Charts["kube-prometheus-stack"]
		require.Empty(t, misjudged(t, c, "kube-prometheus-stack", known.Releases["kube-prometheus-stack"], labels))
		mutant(c)
		require.NotEmpty(t, misjudged(t, c, "kube-prometheus-stack", known.Releases["kube-prometheus-stack"], labels), name)
	}

	// What the jobs of the chart are without our values.
	require.Equal(t, []string{
		"container create of Job kube-prometheus-stack-admission-create has no limit of memory",
		"container patch of Job kube-prometheus-stack-admission-patch has no limit of memory",
	}, unbounded(known.Releases["kube-prometheus-stack"]))
}
