package policies

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// ofKyverno are the kinds of policies.kyverno.io (kyverno v1.19.1).
func ofKyverno() []string {
	out := []string{"PolicyException"}
	for _, kind := range []string{"ValidatingPolicy", "ImageValidatingPolicy", "MutatingPolicy", "GeneratingPolicy", "DeletingPolicy"} {
		out = append(out, kind, "Namespaced"+kind)
	}
	return out
}

// beside tells of policies in the tree that are not asked here, for their kind: one note
// for each kind, on the first of them. Those that only make or remove objects judge
// nothing, and are left out.
func (c *check) beside() {
	first, names := map[string]*manifest.Object{}, map[string][]string{}
	for _, o := range c.Objects {
		if o.Group == admission.Group && !slices.Contains(ofKyverno(), o.Kind) {
			c.Error(inventory.Spot{Object: o, Keys: []string{"kind"}}, "admission/policy-broken", fmt.Sprintf("%s is of %s", o.DisplayName(), admission.Group), "Kyverno has no kind "+o.Kind+" there, so nothing was checked against it",
				finding.DidYouMean(o.Kind, ofKyverno(), "name one of "+finding.All(ofKyverno()))).Like(o.Kind, ofKyverno())
		}
		key := o.Kind + " of " + o.Group
		if notAsked(o) == "" || c.Cluster != nil && !o.Raw { // what is rendered has its own check
			continue
		}
		if names[key] = append(names[key], o.Name); first[key] == nil {
			first[key] = o
		}
	}
	for key, o := range first {
		all := names[key]
		be := finding.Are(len(all))
		if len(all) > 3 { // enough to know them by
			all = append(slices.Clone(all[:2]), fmt.Sprintf("%d more", len(all)-2))
		}
		c.Note(inventory.Spot{Object: o}, "admission/not-asked", fmt.Sprintf("%s %s %s not asked", o.Kind, finding.All(all), be), notAsked(o), "write what must be judged here as a ValidatingPolicy: docs/how-to/write-a-policy.md")
	}
}

// notAsked says why a policy of an object's kind cannot be asked by a check; nothing of
// what is no such policy.
func notAsked(o *manifest.Object) string {
	switch kind := strings.TrimPrefix(o.Kind, "Namespaced"); {
	case o.Group == "kyverno.io" && (kind == "ClusterPolicy" || kind == "Policy"):
		return "stillsuit evaluates only Kyverno's newer kinds, so nothing was checked against it"
	case o.Group == admission.Group && kind == "ImageValidatingPolicy":
		return "only the images' registry could answer it, and a check reaches none"
	case o.Group == admission.Group && kind == "MutatingPolicy" || o.Group == "admissionregistration.k8s.io" && kind == "MutatingAdmissionPolicy":
		return "it changes objects before others judge them, and a check judges what stands in the tree"
	case o.Group == "admissionregistration.k8s.io" && kind == "ValidatingAdmissionPolicy":
		return "the API server asks it by itself, and a check asks Kyverno's kinds alone"
	}
	return ""
}

// nowhere tells of resources that the API server does not have, so that a policy of the
// tree is never asked about what was meant.
func (c *check) nowhere(p *admission.Policy) {
	if p.Object == nil || p.Spec.MatchConstraints == nil {
		return
	}
	for i, rule := range p.Spec.MatchConstraints.ResourceRules {
		known := resources(rule.APIGroups, rule.APIVersions)
		for j, name := range rule.Resources {
			resource, _, _ := strings.Cut(name, "/")
			lower := strings.ToLower(resource)
			if resource == "*" || resource == lower && (known == nil || slices.Contains(known, resource)) {
				continue
			}
			mend := finding.DidYouMean(resource, known, "see `kubectl api-resources`")
			if known == nil || slices.Contains(known, admission.Resource(resource)) {
				mend = "write " + admission.Resource(resource)
			}
			at := inventory.Spot{Object: p.Object, Keys: []string{"spec", "matchConstraints", "resourceRules", fmt.Sprint(i), "resources", fmt.Sprint(j)}}
			c.Error(at, "admission/about-nothing", fmt.Sprintf("policy %s is about %s", p.Name, resource), "the API server has no resource of that name: they are in lower case and in the plural", mend)
		}
	}
}

// resources are those of Kubernetes' own groups in some versions. It returns nil when
// one of the groups is another's, since then not all are known.
func resources(groups, versions []string) []string {
	var out []string
	for _, group := range groups {
		if !scheme.Scheme.IsGroupRegistered(group) {
			return nil
		}
		for _, gv := range scheme.Scheme.PrioritizedVersionsForGroup(group) {
			if !slices.Contains(versions, "*") && !slices.Contains(versions, gv.Version) {
				continue
			}
			for kind := range scheme.Scheme.KnownTypes(schema.GroupVersion{Group: group, Version: gv.Version}) {
				out = append(out, admission.Resource(kind))
			}
		}
	}
	return out
}
