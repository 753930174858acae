package render

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// place renders where the workload's pods may run: what is declared, and what
// their locked images are built for.
func (r *scope) place(w *workload, spec *corev1.PodSpec, images []imageArches) {
	at := w.at.Join("place")
	place := w.Place
	if place == nil {
		place = &model.Place{}
	}
	if w.RuntimeClass != "" {
		spec.RuntimeClassName = ptr(w.RuntimeClass)
	}
	spec.NodeSelector = r.nodeSelector(at, place)
	var required []corev1.NodeSelectorRequirement
	if arches := r.imageArches(w, images); arches != nil && place.Arch == "" && place.Node == "" {
		required = append(required, corev1.NodeSelectorRequirement{Key: labelArch, Operator: corev1.NodeSelectorOpIn, Values: arches})
	}
	if place.Device != "" {
		if nodes := r.nodesWith(at, place.Device); nodes != nil {
			required = append(required, corev1.NodeSelectorRequirement{Key: labelHostname, Operator: corev1.NodeSelectorOpIn, Values: nodes})
		}
	}
	affinity := &corev1.Affinity{}
	if required != nil {
		affinity.NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: required}},
		}}
	}
	if place.Beside != "" {
		if other := r.beside(w, at.Join("beside"), place.Beside); other != nil {
			affinity.PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{*other}}
		}
	}
	self := &metav1.LabelSelector{MatchLabels: w.selector}
	if place.Apart != "" {
		affinity.PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{
			{LabelSelector: self, TopologyKey: topology(place.Apart)},
		}}
	}
	if *affinity != (corev1.Affinity{}) {
		spec.Affinity = affinity
	}
	if place.Spread != "" {
		spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: topology(place.Spread), WhenUnsatisfiable: corev1.ScheduleAnyway, LabelSelector: self,
		}}
	}
	spec.Tolerations = r.tolerations(place)
}

func topology(domain string) string {
	if domain == "board" {
		return model.LabelBoard
	}
	return labelHostname
}

func (r *scope) nodeSelector(at model.Path, place *model.Place) map[string]string {
	out := place.Selector()
	if place.Arch != "" {
		if arches := r.arches(); len(arches) > 0 && !slices.Contains(arches, place.Arch) {
			r.Error(at.Join("arch"), "place/no-node", "the pods ask for architecture "+place.Arch, fmt.Sprintf("the nodes are %s", all(arches)), "choose one of them")
		}
	}
	if place.Node == "" {
		return out
	}
	node, nodes := r.d.Cluster.Nodes[place.Node], sorted(r.d.Cluster.Nodes)
	switch {
	case node == nil:
		r.Error(at.Join("node"), "place/unknown-node", fmt.Sprintf("the pods are placed on node %s", place.Node),
			has("this cluster", "node", nodes), didYouMean(place.Node, nodes, "name one of them"))
	case node.Offline != "":
		r.Error(at.Join("node"), "place/offline-node", fmt.Sprintf("the pods are placed on node %s", place.Node),
			fmt.Sprintf("that node is offline: %s", node.Offline), "place them elsewhere, or switch the app off")
	}
	return out
}

// arches are those of the nodes that are there, sorted.
func (r *scope) arches() []string {
	var out []string
	for _, n := range r.d.Cluster.Nodes {
		if n.Offline == "" && n.Arch != "" {
			out = append(out, n.Arch)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// imageArches are the architectures that all images of a pod are built for,
// when they are fewer than the cluster has; else nil.
func (r *scope) imageArches(w *workload, images []imageArches) []string {
	cluster := r.arches()
	common := slices.Clone(cluster)
	for _, image := range images {
		left := slices.DeleteFunc(slices.Clone(common), func(a string) bool { return !slices.Contains(image.arches, a) })
		if len(left) == 0 && len(common) > 0 {
			contrast := fmt.Sprintf("the nodes are %s", all(cluster))
			if len(common) < len(cluster) {
				contrast = fmt.Sprintf("the other images of %s run on %s", w.full, all(common))
			}
			r.Error(image.at, "images/no-node", fmt.Sprintf("%s is built for %s", image.image, all(image.arches)), contrast, "pick a tag that is built for one of them")
			return nil
		}
		common = left
	}
	if len(common) == len(cluster) {
		return nil
	}
	return common
}

// nodesWith are the nodes that have a device file.
func (r *scope) nodesWith(at model.Path, device string) []string {
	var nodes, devices []string
	for _, name := range sorted(r.d.Cluster.Nodes) {
		for d := range r.d.Cluster.Nodes[name].Devices {
			devices = append(devices, d)
			if d == device {
				nodes = append(nodes, name)
			}
		}
	}
	if nodes == nil {
		r.Error(at.Join("device"), "place/unknown-device", fmt.Sprintf("the pods need a node with %s", device),
			has("this cluster", "device", devices), didYouMean(device, devices, "declare it in devices of the node that has it"))
	}
	return nodes
}

// beside is the affinity to the pods of another workload.
func (r *scope) beside(w *workload, at model.Path, name string) *corev1.PodAffinityTerm {
	others := r.lookup(&w.party, name)
	if len(others) == 0 {
		r.unknownApp(at, &w.party, name, "the pods run beside "+name)
		return nil
	}
	if len(others) > 1 {
		var names []string
		for _, o := range others {
			names = append(names, name+"/"+o.name)
		}
		r.Error(at, "place/ambiguous", fmt.Sprintf("the pods run beside %s", name), fmt.Sprintf("it has the workloads %s", all(names)), "name one of them")
		return nil
	}
	term := &corev1.PodAffinityTerm{LabelSelector: &metav1.LabelSelector{MatchLabels: others[0].selector}, TopologyKey: labelHostname}
	if ns := others[0].namespace; ns != w.namespace {
		term.Namespaces = []string{ns}
	}
	return term
}

// tolerations are those of the taints that are named, and of the named node's.
func (r *scope) tolerations(place *model.Place) []corev1.Toleration {
	var out []corev1.Toleration
	for _, key := range r.d.Cluster.Tolerated(place) {
		out = append(out, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists})
	}
	return out
}

// landsOn lists the nodes on which a workload's pods may run, by what is declared.
func (r *scope) landsOn(w *workload) []string {
	var out []string
	place := w.Place
	if place == nil {
		place = &model.Place{}
	}
	for _, name := range sorted(r.d.Cluster.Nodes) {
		n := r.d.Cluster.Nodes[name]
		if place.Node != "" && place.Node != name || place.Arch != "" && place.Arch != n.Arch {
			continue
		}
		if _, has := n.Devices[place.Device]; place.Device != "" && !has {
			continue
		}
		out = append(out, name)
	}
	return out
}
