package scheduler

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// spec makes up a pod.
func (d dice) spec(w *world, namespace string, labels map[string]string) *corev1.PodSpec {
	s := &corev1.PodSpec{}
	for i := range 1 + d.IntN(2) {
		s.Containers = append(s.Containers, d.container(fmt.Sprintf("main%d", i)))
	}
	if d.often(20) {
		s.InitContainers = append(s.InitContainers, d.container("init"))
	}
	if d.often(20) {
		always := corev1.ContainerRestartPolicyAlways
		c := d.container("sidecar")
		c.RestartPolicy = &always
		s.InitContainers = append(s.InitContainers, c)
		if d.often(30) {
			s.InitContainers = append(s.InitContainers, d.container("late"))
		}
	}
	if d.often(8) {
		s.Resources = &corev1.ResourceRequirements{Requests: quantities("cpu", pick(d, "", "1"), "memory", pick(d, "", "1Gi")), Limits: quantities("cpu", pick(d, "", "2"), "memory", pick(d, "", "2Gi"))}
	}
	if d.often(8) {
		s.Overhead = quantities("cpu", "120m", "memory", "160Mi")
	}
	if d.rule(10) {
		s.HostNetwork = true
		s.Containers[0].Ports = append(s.Containers[0].Ports, corev1.ContainerPort{ContainerPort: pick(d, int32(5353), 8123), Protocol: corev1.ProtocolTCP})
	}
	if d.style.large || d.often(30) {
		priority := pick(d, int32(1000), -100, 10, 2000000)
		s.Priority = &priority
		if d.often(15) {
			never := corev1.PreemptNever
			s.PreemptionPolicy = &never
		}
	}
	for range d.IntN(3) {
		s.Tolerations = append(s.Tolerations, corev1.Toleration{Key: pick(d, "dedicated", "slow", ""), Operator: corev1.TolerationOpExists, Effect: pick(d, "", corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule)})
	}
	if d.rule(2) {
		s.NodeName = pick(d, w.Nodes...).Name
	}
	if d.rule(15) {
		s.NodeSelector = map[string]string{pick(d, corev1.LabelArchStable, "disk"): pick(d, "arm64", "amd64", "ssd")}
	}
	d.nodeAffinity(s)
	d.podAffinity(s, labels)
	if d.rule(25) {
		for range 1 + d.IntN(2) {
			s.TopologySpreadConstraints = append(s.TopologySpreadConstraints, d.spread(labels))
		}
	}
	d.volumes(w, s, namespace)
	return s
}

func (d dice) container(name string) corev1.Container {
	c := corev1.Container{Name: name, Image: pick(d, "example.org/image0:1", "example.org/image1:1", "example.org/image2:1", "example.org/other")}
	c.Resources.Requests = quantities("cpu", pick(d, "", "10m", "100m", "250m", "1"), "memory", d.memory(), "ephemeral-storage", pick(d, "", "", "", "1Gi", "10Gi"))
	if d.often(40) {
		c.Resources.Limits = quantities("memory", pick(d, "", "4Gi"), "cpu", pick(d, "", "4"))
	}
	if d.rule(6) {
		c.Resources.Limits = quantities(gpu, "1")
	}
	if d.rule(15) {
		port := corev1.ContainerPort{ContainerPort: pick(d, int32(53), 80, 8123), Protocol: pick(d, corev1.ProtocolTCP, corev1.ProtocolUDP)}
		if d.often(50) {
			port.HostPort, port.HostIP = port.ContainerPort, pick(d, "", "", "127.0.0.1", "0.0.0.0", "10.0.0.1")
		}
		c.Ports = append(c.Ports, port)
	}
	return c
}

func (d dice) memory() string {
	if d.style.large {
		return pick(d, "512Mi", "1Gi", "1500Mi", "3Gi")
	}
	return pick(d, "", "32Mi", "128Mi", "512Mi", "1Gi")
}

func (d dice) nodeTerm() corev1.NodeSelectorTerm {
	var t corev1.NodeSelectorTerm
	for range 1 + d.IntN(2) {
		t.MatchExpressions = append(t.MatchExpressions, pick(d,
			corev1.NodeSelectorRequirement{Key: corev1.LabelArchStable, Operator: corev1.NodeSelectorOpIn, Values: []string{"arm64"}},
			corev1.NodeSelectorRequirement{Key: corev1.LabelArchStable, Operator: corev1.NodeSelectorOpIn, Values: []string{"amd64", "arm64"}},
			corev1.NodeSelectorRequirement{Key: "disk", Operator: corev1.NodeSelectorOpNotIn, Values: []string{"emmc"}},
			corev1.NodeSelectorRequirement{Key: "board", Operator: corev1.NodeSelectorOpExists},
			corev1.NodeSelectorRequirement{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpDoesNotExist},
		))
	}
	return t
}

func (d dice) nodeAffinity(s *corev1.PodSpec) {
	a := &corev1.NodeAffinity{}
	if d.rule(2) {
		name := func() corev1.NodeSelectorRequirement {
			return corev1.NodeSelectorRequirement{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{pick(d, "node0", "node1", "node9")}}
		}
		a.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{name(), name()}}, {MatchFields: []corev1.NodeSelectorRequirement{name(), name()}}}}
	}
	if d.rule(15) {
		a.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{d.nodeTerm()}}
		if d.often(30) {
			a.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms = append(a.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, d.nodeTerm())
		}
	}
	if d.rule(25) {
		for range 1 + d.IntN(2) {
			a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution, corev1.PreferredSchedulingTerm{Weight: int32(1 + d.IntN(100)), Preference: d.nodeTerm()})
		}
	}
	if a.RequiredDuringSchedulingIgnoredDuringExecution != nil || a.PreferredDuringSchedulingIgnoredDuringExecution != nil {
		s.Affinity = &corev1.Affinity{NodeAffinity: a}
	}
}

func (d dice) selector(labels map[string]string) *metav1.LabelSelector {
	return pick(d,
		&metav1.LabelSelector{MatchLabels: map[string]string{"app": labels["app"]}},
		&metav1.LabelSelector{MatchLabels: map[string]string{"app": labels["app"]}},
		&metav1.LabelSelector{MatchLabels: map[string]string{"app": pick(d, "shared", "w0", "w1", "w2")}},
		&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "tier", Operator: metav1.LabelSelectorOpExists}}},
		&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: metav1.LabelSelectorOpNotIn, Values: []string{"w0", "w1"}}}},
	)
}

func (d dice) topology() string {
	return pick(d, corev1.LabelHostname, corev1.LabelHostname, corev1.LabelTopologyZone, "board", "disk")
}

func (d dice) podTerm(labels map[string]string) corev1.PodAffinityTerm {
	t := corev1.PodAffinityTerm{TopologyKey: d.topology(), LabelSelector: d.selector(labels)}
	if d.often(5) {
		t.LabelSelector = pick(d, nil, &metav1.LabelSelector{})
	}
	if d.often(20) {
		t.Namespaces = []string{pick(d, "home", "media")}
	}
	if d.often(20) {
		t.NamespaceSelector = pick(d,
			&metav1.LabelSelector{},
			&metav1.LabelSelector{MatchLabels: map[string]string{"tier": pick(d, "home", "media")}},
			&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "open", Operator: metav1.LabelSelectorOpDoesNotExist}}},
		)
	}
	if t.LabelSelector != nil && d.often(10) {
		t.MatchLabelKeys = []string{pick(d, "pod-template-hash", "absent")}
	} else if t.LabelSelector != nil && d.often(10) {
		t.MismatchLabelKeys = []string{"pod-template-hash"}
	}
	return t
}

func (d dice) podAffinity(s *corev1.PodSpec, labels map[string]string) {
	near, apart := &corev1.PodAffinity{}, &corev1.PodAntiAffinity{}
	if d.often(10) {
		for range 1 + d.IntN(2) {
			near.RequiredDuringSchedulingIgnoredDuringExecution = append(near.RequiredDuringSchedulingIgnoredDuringExecution, d.podTerm(labels))
		}
	}
	if d.rule(15) {
		near.PreferredDuringSchedulingIgnoredDuringExecution = append(near.PreferredDuringSchedulingIgnoredDuringExecution, corev1.WeightedPodAffinityTerm{Weight: int32(1 + d.IntN(100)), PodAffinityTerm: d.podTerm(labels)})
	}
	if d.rule(12) {
		for range 1 + d.IntN(2) {
			apart.RequiredDuringSchedulingIgnoredDuringExecution = append(apart.RequiredDuringSchedulingIgnoredDuringExecution, d.podTerm(labels))
		}
	}
	if d.rule(20) {
		apart.PreferredDuringSchedulingIgnoredDuringExecution = append(apart.PreferredDuringSchedulingIgnoredDuringExecution, corev1.WeightedPodAffinityTerm{Weight: int32(1 + d.IntN(100)), PodAffinityTerm: d.podTerm(labels)})
	}
	if s.Affinity == nil {
		s.Affinity = &corev1.Affinity{}
	}
	s.Affinity.PodAffinity, s.Affinity.PodAntiAffinity = near, apart
}

func (d dice) spread(labels map[string]string) corev1.TopologySpreadConstraint {
	c := corev1.TopologySpreadConstraint{
		MaxSkew: int32(1 + d.IntN(3)), TopologyKey: d.topology(), LabelSelector: d.selector(labels),
		WhenUnsatisfiable: pick(d, corev1.DoNotSchedule, corev1.ScheduleAnyway),
	}
	if d.often(15) && c.WhenUnsatisfiable == corev1.DoNotSchedule {
		n := int32(1 + d.IntN(4))
		c.MinDomains = &n
	}
	if d.often(20) {
		policy := pick(d, corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore)
		c.NodeAffinityPolicy = &policy
	}
	if d.often(20) {
		policy := pick(d, corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore)
		c.NodeTaintsPolicy = &policy
	}
	if d.often(15) {
		c.MatchLabelKeys = []string{pick(d, "pod-template-hash", "absent")}
	}
	return c
}

func size(gib int) resource.Quantity { return resource.MustParse(fmt.Sprintf("%dGi", gib)) }
