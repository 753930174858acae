package policies

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// Held is a policy of a library as one cluster holds itself to it.
type Held struct {
	// Policy has the cluster's parameters.
	*admission.Policy
	// Chosen says that one of its sets is, and that it is not off.
	Chosen bool
	// Off is the reason for which the cluster turned it off.
	Off string
	// Cluster says that the tree holds it, so that the cluster asks it; CI that
	// `stillsuit check` does.
	Cluster, CI bool
	// Action is Deny or Audit.
	Action string
	// Exceptions are those from it that are declared, the exemptions of apps that are
	// some by themselves, and those that stand in the tree, by name.
	Exceptions []string
}

// HeldBy says what a cluster made of the given policies, in their order.
func HeldBy(given []*admission.Policy, s *inventory.Subject) []Held {
	choice := s.Choice()
	inTree := map[string]bool{}
	for _, o := range s.Objects {
		if o.Group == admission.Group && o.Kind == "ValidatingPolicy" || o.Kind == "ValidatingAdmissionPolicy" { // with pods: "none"
			inTree[o.Name] = true
		}
	}
	exempt := model.Exemptions(s.Apps, s.Charts)
	raw, _ := admission.ExceptionsOf(s.Objects) // those that cannot be read are the check's to tell
	var out []Held
	for _, p := range given {
		h := Held{Policy: p.With(s.Parameters), Chosen: choice.Chose(p.Marks()), Off: choice.Off[p.Name], Cluster: inTree[p.Name], Action: "Audit"}
		h.CI = h.Chosen && p.Where != admission.InCluster
		if choice.Denies(p.Denies()) {
			h.Action = "Deny"
		}
		for _, name := range slices.Sorted(maps.Keys(choice.Exceptions)) {
			if choice.Exceptions[name].Policy == p.Name {
				h.Exceptions = append(h.Exceptions, name)
			}
		}
		for _, e := range exempt {
			if slices.Contains(p.Exempt, e.Field) {
				h.Exceptions = append(h.Exceptions, e.At.String()+" "+e.Field)
			}
		}
		for _, e := range raw {
			if e.Object.Raw && slices.Contains(e.Policies, p.Name) {
				h.Exceptions = append(h.Exceptions, e.Name)
			}
		}
		out = append(out, h)
	}
	return out
}
