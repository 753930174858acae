package validity

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// What follows are the rules of k8s.io/kubernetes/pkg/apis/core/validation.

// pod reads what a pod says of where it runs.
func (r *reader) pod(keys []string, spec *corev1.PodSpec) {
	r.set(below(keys, "nodeSelector"), spec.NodeSelector)
	if a := spec.Affinity; a != nil {
		r.affinity(below(keys, "affinity"), a)
	}
	for i := range spec.TopologySpreadConstraints {
		r.spread(below(keys, "topologySpreadConstraints", strconv.Itoa(i)), &spec.TopologySpreadConstraints[i])
	}
	for i := range spec.Volumes {
		if e := spec.Volumes[i].Ephemeral; e != nil && e.VolumeClaimTemplate != nil {
			r.selector(below(keys, "volumes", strconv.Itoa(i), "ephemeral", "volumeClaimTemplate", "spec", "selector"), e.VolumeClaimTemplate.Spec.Selector)
		}
	}
}

const (
	required  = "requiredDuringSchedulingIgnoredDuringExecution"
	preferred = "preferredDuringSchedulingIgnoredDuringExecution"
)

func (r *reader) affinity(keys []string, a *corev1.Affinity) {
	if n := a.NodeAffinity; n != nil {
		at := below(keys, "nodeAffinity")
		if must := n.RequiredDuringSchedulingIgnoredDuringExecution; must != nil {
			terms := below(at, required, "nodeSelectorTerms")
			if len(must.NodeSelectorTerms) == 0 {
				r.add(terms, dotted(terms)+" of "+r.object.Called()+" is empty", "required node affinity has at least one term", "add a term, or remove the affinity")
			}
			for i := range must.NodeSelectorTerms {
				r.nodes(below(terms, strconv.Itoa(i)), &must.NodeSelectorTerms[i])
			}
		}
		for i, p := range n.PreferredDuringSchedulingIgnoredDuringExecution {
			each := below(at, preferred, strconv.Itoa(i))
			r.weight(each, p.Weight)
			r.nodes(below(each, "preference"), &p.Preference)
		}
	}
	var must, may [2][]string // near and apart
	for i, kind := range []string{"podAffinity", "podAntiAffinity"} {
		must[i], may[i] = below(keys, kind, required), below(keys, kind, preferred)
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
func (r *reader) nodes(keys []string, t *corev1.NodeSelectorTerm) {
	for i, e := range t.MatchExpressions {
		at := below(keys, "matchExpressions", strconv.Itoa(i))
		r.key(below(at, "key"), e.Key)
		r.requirement(at, string(e.Operator), e.Values, "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
		if e.Operator != corev1.NodeSelectorOpGt && e.Operator != corev1.NodeSelectorOpLt {
			r.values(below(at, "values"), e.Values)
		}
	}
	for i, e := range t.MatchFields {
		at := below(keys, "matchFields", strconv.Itoa(i))
		if e.Key != metav1.ObjectNameField {
			r.refuse(below(at, "key"), e.Key, "nodes are chosen by no other field than metadata.name", "write that, or matchExpressions")
		}
		if e.Operator != corev1.NodeSelectorOpIn && e.Operator != corev1.NodeSelectorOpNotIn {
			r.refuse(below(at, "operator"), e.Operator, "for a field it is In or NotIn", "write one of them")
		}
		if len(e.Values) != 1 {
			r.add(below(at, "values"), dotted(below(at, "values"))+" of "+r.object.Called()+" names "+strconv.Itoa(len(e.Values))+" values", "a field is compared with one", "write a term for each")
		}
	}
}

func (r *reader) pods(keys []string, terms []corev1.PodAffinityTerm) {
	for i := range terms {
		r.others(below(keys, strconv.Itoa(i)), &terms[i])
	}
}

func (r *reader) wanted(keys []string, terms []corev1.WeightedPodAffinityTerm) {
	for i := range terms {
		at := below(keys, strconv.Itoa(i))
		r.weight(at, terms[i].Weight)
		r.others(below(at, "podAffinityTerm"), &terms[i].PodAffinityTerm)
	}
}

func (r *reader) weight(keys []string, n int32) {
	if n < 1 || n > 100 {
		r.refuse(below(keys, "weight"), n, "a weight is a number from 1 to 100", "write one")
	}
}

// others reads a term about other pods.
func (r *reader) others(keys []string, t *corev1.PodAffinityTerm) {
	r.selector(below(keys, "labelSelector"), t.LabelSelector)
	r.selector(below(keys, "namespaceSelector"), t.NamespaceSelector)
	r.topology(keys, t.TopologyKey)
	for i, name := range t.Namespaces {
		if len(validation.IsDNS1123Label(name)) > 0 {
			r.refuse(below(keys, "namespaces", strconv.Itoa(i)), name, "no namespace can have that name", "write one that is there")
		}
	}
	r.same(below(keys, "matchLabelKeys"), t.MatchLabelKeys)
	r.same(below(keys, "mismatchLabelKeys"), t.MismatchLabelKeys)
}

// same reads the names of labels whose values are taken from the pod.
func (r *reader) same(keys, names []string) {
	for i, name := range names {
		r.key(below(keys, strconv.Itoa(i)), name)
	}
}

func (r *reader) topology(keys []string, key string) {
	at := below(keys, "topologyKey")
	if key == "" {
		r.add(at, dotted(at)+" of "+r.object.Called()+" is missing", "the nodes are told apart by the value of a label", "write kubernetes.io/hostname, or another label of the nodes")
		return
	}
	r.key(at, key)
}

func (r *reader) spread(keys []string, t *corev1.TopologySpreadConstraint) {
	r.topology(keys, t.TopologyKey)
	if t.MaxSkew < 1 {
		r.refuse(below(keys, "maxSkew"), t.MaxSkew, "domains differ by 1 pod or more", "write 1")
	}
	if w := t.WhenUnsatisfiable; w != corev1.DoNotSchedule && w != corev1.ScheduleAnyway {
		r.refuse(below(keys, "whenUnsatisfiable"), w, "it is DoNotSchedule or ScheduleAnyway", "write one of them")
	}
	if n := t.MinDomains; n != nil && *n < 1 {
		r.refuse(below(keys, "minDomains"), *n, "it is a number from 1", "write one, or remove it")
	}
	r.counts(below(keys, "nodeAffinityPolicy"), t.NodeAffinityPolicy)
	r.counts(below(keys, "nodeTaintsPolicy"), t.NodeTaintsPolicy)
	r.selector(below(keys, "labelSelector"), t.LabelSelector)
	r.same(below(keys, "matchLabelKeys"), t.MatchLabelKeys)
}

// counts reads which nodes a constraint counts.
func (r *reader) counts(keys []string, policy *corev1.NodeInclusionPolicy) {
	if policy != nil && *policy != corev1.NodeInclusionPolicyHonor && *policy != corev1.NodeInclusionPolicyIgnore {
		r.refuse(keys, *policy, "it is Honor or Ignore", "write one of them")
	}
}
