package gate

import (
	"errors"
	"fmt"

	"stillsuit.dev/checks/policies"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// mend is what to do about every weakening: some are meant.
const mend = "take it back, or let somebody approve it who knows what it opens"

// kyverno is the API group of Kyverno's policies.
const kyverno = "policies.kyverno.io"

// comparison is that of one cluster in two branches.
type comparison struct {
	base, head *inventory.Subject
	was, is    []policies.Held                  // the library's policies, as base and head hold to them
	before     map[manifest.ID]*manifest.Object // objects of base
	after      map[manifest.ID]*manifest.Object // objects of head
	ended      map[string]bool                  // the namespaces that are no workspaces any longer
	findings   []finding.Finding
}

// Compare names what one cluster's head lets pass and its base does not. library holds
// the policies that clusters may choose. An error means that an object could not be
// read; what else there is to name is there all the same.
func Compare(base, head *inventory.Subject, library []*admission.Policy) ([]finding.Finding, error) {
	c := &comparison{base: base, head: head, was: policies.HeldBy(library, base), is: policies.HeldBy(library, head), before: inventory.ByID(base.Objects), after: inventory.ByID(head.Objects), ended: map[string]bool{}}
	for _, r := range (facts{c}).rows() {
		for _, compare := range r.compare {
			compare()
		}
	}
	c.charts()
	c.footprints()
	c.boundaries()
	var errs error
	for _, compare := range []func() error{c.workspaces, c.namespaces, c.quotas, c.policyObjects, c.rights, c.pods} {
		if err := compare(); err != nil {
			errs = errors.Join(errs, fmt.Errorf("compare cluster %s: %w", head.Name, err))
		}
	}
	return finding.Sort(c.findings), errs
}

// Gone is the finding that a cluster of the base is not here any longer: nothing checks
// what may still run there.
func Gone(cluster string) finding.Finding {
	return finding.Finding{
		Code: weakened, Severity: finding.Warning, Place: finding.Place{File: "clusters"},
		Problem: "cluster " + cluster + " is gone", Detail: "the base has it, and nothing checks any longer what runs there", Fix: mend,
	}
}

// NoBase is the finding that the base cannot be compared, for the reason of its first
// error.
func NoBase(dir string, first finding.Finding) finding.Finding {
	return finding.Finding{
		Code: noBase, Severity: finding.Warning, Place: finding.Place{File: "clusters"},
		Problem: "what this change loosens, and what the cluster refuses, was not checked", Detail: "the base in " + dir + " has errors (" + first.String() + ")", Fix: "fix them there first",
	}
}

// weaker reports what is at a spot of the head, where the base has something stricter
// at another.
func (c *comparison) weaker(at, was inventory.Spot, fact, stricter string) {
	here, _ := c.head.Places.Locate(at)
	if place, _ := c.base.Places.Locate(was); !place.IsZero() && place != here {
		stricter += " (" + place.String() + " there)"
	}
	c.added(at, fact, stricter)
}

// added reports what the base has nowhere.
func (c *comparison) added(at inventory.Spot, fact, stricter string) {
	f := finding.Finding{Code: weakened, Severity: finding.Warning, Problem: fact, Detail: "in the base " + stricter, Fix: mend}
	if f.Place, f.Path = c.head.Places.Locate(at); f.Place.IsZero() {
		f.Place, _ = c.head.Places.Locate(inventory.Spot{}) // the cluster, when nothing is left of what it was
	}
	if f.Place.IsZero() {
		f.Place.File = "clusters/" + c.head.Name
	}
	c.findings = append(c.findings, f)
}

// same reports what stands at the same path in both.
func (c *comparison) same(at inventory.Spot, fact, stricter string) { c.weaker(at, at, fact, stricter) }

// fact is a spot in the cluster's facts, path one anywhere in the CUE.
func fact(labels ...string) inventory.Spot { return inventory.Spot{Path: labels} }

func path(labels ...string) inventory.Spot {
	return inventory.Spot{Object: &manifest.Object{Origin: labels}}
}

// spot is an object itself.
func spot(o *manifest.Object, keys ...string) inventory.Spot {
	return inventory.Spot{Object: o, Keys: keys}
}
