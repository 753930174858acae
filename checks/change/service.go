package change

import (
	"cmp"
	"fmt"

	"stillsuit.dev/finding"
)

// headless is the address of a Service that has none.
const headless = "None"

// service reports what cannot change in a Service: what it was given when it was made.
func service(p *pair) {
	kind := func(o map[string]any) string {
		text, _ := at(o, "spec", "type").(string)
		return cmp.Or(text, "ClusterIP")
	}
	if kind(p.was) == "ExternalName" || kind(p.is) == "ExternalName" {
		return
	}
	p.address()
	first := func(o map[string]any) any {
		if families, _ := at(o, "spec", "ipFamilies").([]any); len(families) > 0 {
			return families[0]
		}
		return nil
	}
	was, is := first(p.was), first(p.is)
	field, fact := []string{"spec", "ipFamilies"}, fmt.Sprintf("the first of spec.ipFamilies of %s %s", p.new.DisplayName(), words(is))
	switch {
	case was == is || is == nil || at(p.was, "spec", "clusterIP") == headless || at(p.is, "spec", "clusterIP") == headless:
	case was == nil:
		p.unsure(doubt{field: field, fact: fact, before: "in the base it names none, and it keeps those that it was given", whenever: "that is the first", look: p.look()})
	default:
		p.refused(refusal{field: field, fact: fact, before: "it " + words(was)})
	}
	if field := []string{"spec", "loadBalancerClass"}; kind(p.was) == "LoadBalancer" && kind(p.is) == "LoadBalancer" {
		if was, is := at(p.was, field...), at(p.is, field...); !same(was, is, nil) {
			p.refused(refusal{field: field, fact: fmt.Sprintf("spec.loadBalancerClass of %s %s", p.new.DisplayName(), words(is)), before: "it " + words(was)})
		}
	}
}

// address reports a Service with another address, or one where it had none.
func (p *pair) address() {
	field := []string{"spec", "clusterIP"}
	was, _ := at(p.was, field...).(string)
	is, _ := at(p.is, field...).(string)
	labels := []string{"kind"} // a StatefulSet's is headless, and those of others are not
	fact := fmt.Sprintf("the address of %s is %s", p.new.DisplayName(), is)
	switch {
	case was == is:
	case was == headless && is == "":
		if !p.forced() {
			p.report(finding.Warning, codeIgnored, p.spot(field, labels), p.new.DisplayName()+" is to have an address", "in the base it is headless (clusterIP: None), and the API server keeps it so", p.mend())
		}
	case is == "": // it keeps the one that it has
	case is == headless:
		p.refused(refusal{field: field, labels: labels, fact: p.new.DisplayName() + " is headless (clusterIP: None)", before: "it has an address"})
	case was == "":
		p.unsure(doubt{field: field, labels: labels, fact: fact, before: "in the base it names none, and it keeps the one that it was given", whenever: "that is it", look: p.look()})
	default:
		p.refused(refusal{field: field, labels: labels, fact: fact, before: "it is " + was})
	}
}

// look is how to see what a Service was given.
func (p *pair) look() string {
	return fmt.Sprintf("look at it with kubectl -n %s get service %s -o yaml", p.new.Namespace, p.new.Name)
}
