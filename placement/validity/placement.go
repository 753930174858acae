package validity

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"stillsuit.dev/generator/valid"
)

// What follows are the rules of k8s.io/kubernetes/pkg/apis/core/validation.

// placement reads what a pod says of where it runs, and which other pods that is about.
type placement struct{ *reader }

// pod reads what a pod says of where it runs.
func (r placement) pod(keys []string, spec *corev1.PodSpec) {
	r.set(valid.Below(keys, "nodeSelector"), spec.NodeSelector)
	if a := spec.Affinity; a != nil {
		r.affinity(valid.Below(keys, "affinity"), a)
	}
	for i := range spec.TopologySpreadConstraints {
		r.spread(valid.Below(keys, "topologySpreadConstraints", strconv.Itoa(i)), &spec.TopologySpreadConstraints[i])
	}
	for i := range spec.Volumes {
		if e := spec.Volumes[i].Ephemeral; e != nil && e.VolumeClaimTemplate != nil {
			r.selector(valid.Below(keys, "volumes", strconv.Itoa(i), "ephemeral", "volumeClaimTemplate", "spec", "selector"), e.VolumeClaimTemplate.Spec.Selector)
		}
	}
}

const (
	required  = "requiredDuringSchedulingIgnoredDuringExecution"
	preferred = "preferredDuringSchedulingIgnoredDuringExecution"
)

func (r placement) affinity(keys []string, a *corev1.Affinity) {
	if n := a.NodeAffinity; n != nil {
		at := valid.Below(keys, "nodeAffinity")
		if must := n.RequiredDuringSchedulingIgnoredDuringExecution; must != nil {
			terms := valid.Below(at, required, "nodeSelectorTerms")
			if len(must.NodeSelectorTerms) == 0 {
				r.add(terms, valid.DottedBare(terms)+" of "+r.object.DisplayName()+" is empty", "required node affinity has at least one term", "add a term, or remove the affinity")
			}
			for i := range must.NodeSelectorTerms {
				r.nodes(valid.Below(terms, strconv.Itoa(i)), &must.NodeSelectorTerms[i])
			}
		}
		for i, p := range n.PreferredDuringSchedulingIgnoredDuringExecution {
			each := valid.Below(at, preferred, strconv.Itoa(i))
			r.weight(each, p.Weight)
			r.nodes(valid.Below(each, "preference"), &p.Preference)
		}
	}
	var must, may [2][]string // near and apart
	for i, kind := range []string{"podAffinity", "podAntiAffinity"} {
		must[i], may[i] = valid.Below(keys, kind, required), valid.Below(keys, kind, preferred)
	}
	if p := a.PodAffinity; p != nil {
		r.pods(must[0], p.RequiredDuringSchedulingIgnoredDuringExecution)
		r.wanted(may[0], p.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if p := a.PodAntiAffinity; p != nil {
		r.pods(must[1], p.RequiredDuringSchedulingIgnoredDuringExecution)
		r.wanted(may[1], p.PreferredDuringSchedulingIgnoredDuringExecution)
	}
}

// nodes reads a term of node affinity.
func (r placement) nodes(keys []string, t *corev1.NodeSelectorTerm) {
	for i, e := range t.MatchExpressions {
		at := valid.Below(keys, "matchExpressions", strconv.Itoa(i))
		r.key(valid.Below(at, "key"), e.Key)
		r.requirement(at, string(e.Operator), e.Values, "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
		if e.Operator != corev1.NodeSelectorOpGt && e.Operator != corev1.NodeSelectorOpLt {
			r.values(valid.Below(at, "values"), e.Values)
		}
	}
	for i, e := range t.MatchFields {
		at := valid.Below(keys, "matchFields", strconv.Itoa(i))
		if e.Key != metav1.ObjectNameField {
			r.refuse(valid.Below(at, "key"), e.Key, "nodes are chosen by no other field than metadata.name", "write that, or matchExpressions")
		}
		if e.Operator != corev1.NodeSelectorOpIn && e.Operator != corev1.NodeSelectorOpNotIn {
			r.refuse(valid.Below(at, "operator"), e.Operator, "for a field it is In or NotIn", "write one of them")
		}
		if len(e.Values) != 1 {
			r.add(valid.Below(at, "values"), valid.DottedBare(valid.Below(at, "values"))+" of "+r.object.DisplayName()+" names "+strconv.Itoa(len(e.Values))+" values", "a field is compared with one", "write a term for each")
		}
	}
}

func (r placement) pods(keys []string, terms []corev1.PodAffinityTerm) {
	for i := range terms {
		r.others(valid.Below(keys, strconv.Itoa(i)), &terms[i])
	}
}

func (r placement) wanted(keys []string, terms []corev1.WeightedPodAffinityTerm) {
	for i := range terms {
		at := valid.Below(keys, strconv.Itoa(i))
		r.weight(at, terms[i].Weight)
		r.others(valid.Below(at, "podAffinityTerm"), &terms[i].PodAffinityTerm)
	}
}

func (r placement) weight(keys []string, n int32) {
	if n < 1 || n > 100 {
		r.refuse(valid.Below(keys, "weight"), n, "a weight is a number from 1 to 100", "write one")
	}
}

// others reads a term about other pods.
func (r placement) others(keys []string, t *corev1.PodAffinityTerm) {
	r.selector(valid.Below(keys, "labelSelector"), t.LabelSelector)
	r.selector(valid.Below(keys, "namespaceSelector"), t.NamespaceSelector)
	r.topology(keys, t.TopologyKey)
	for i, name := range t.Namespaces {
		if len(validation.IsDNS1123Label(name)) > 0 {
			r.refuse(valid.Below(keys, "namespaces", strconv.Itoa(i)), name, "no namespace can have that name", "write one that is there")
		}
	}
	r.same(valid.Below(keys, "matchLabelKeys"), t.MatchLabelKeys)
	r.same(valid.Below(keys, "mismatchLabelKeys"), t.MismatchLabelKeys)
}

// same reads the names of labels whose values are taken from the pod.
func (r placement) same(keys, names []string) {
	for i, name := range names {
		r.key(valid.Below(keys, strconv.Itoa(i)), name)
	}
}

func (r placement) topology(keys []string, key string) {
	at := valid.Below(keys, "topologyKey")
	if key == "" {
		r.add(at, valid.DottedBare(at)+" of "+r.object.DisplayName()+" is missing", "it is the label whose values distinguish the nodes", "write kubernetes.io/hostname, or another label of the nodes")
		return
	}
	r.key(at, key)
}

func (r placement) spread(keys []string, t *corev1.TopologySpreadConstraint) {
	if t.TopologyKey == "" || t.WhenUnsatisfiable != corev1.ScheduleAnyway { // which no node has to obey
		r.topology(keys, t.TopologyKey)
	}
	if t.MaxSkew < 1 {
		r.refuse(valid.Below(keys, "maxSkew"), t.MaxSkew, "domains differ by 1 pod or more", "write 1")
	}
	if w := t.WhenUnsatisfiable; w != corev1.DoNotSchedule && w != corev1.ScheduleAnyway {
		r.refuse(valid.Below(keys, "whenUnsatisfiable"), w, "it is DoNotSchedule or ScheduleAnyway", "write one of them")
	}
	if n := t.MinDomains; n != nil && *n < 1 {
		r.refuse(valid.Below(keys, "minDomains"), *n, "it is a number from 1", "write one, or remove it")
	}
	r.counts(valid.Below(keys, "nodeAffinityPolicy"), t.NodeAffinityPolicy)
	r.counts(valid.Below(keys, "nodeTaintsPolicy"), t.NodeTaintsPolicy)
	r.selector(valid.Below(keys, "labelSelector"), t.LabelSelector)
	r.same(valid.Below(keys, "matchLabelKeys"), t.MatchLabelKeys)
}

// counts reads which nodes a constraint counts.
func (r placement) counts(keys []string, policy *corev1.NodeInclusionPolicy) {
	if policy != nil && *policy != corev1.NodeInclusionPolicyHonor && *policy != corev1.NodeInclusionPolicyIgnore {
		r.refuse(keys, *policy, "it is Honor or Ignore", "write one of them")
	}
}
