package change

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// gone reports objects of the base that hold data and are not in the head.
func (c *comparison) gone() error {
	var errs error
	for _, o := range c.base.Objects {
		held := heldBy(o)
		if held == "" || c.after[o.ID] != nil {
			continue
		}
		v, err := inventory.Read[map[string]any](o)
		if err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		fact := o.DisplayName() + " is gone from the tree"
		switch {
		case !remains(v):
			c.report(finding.Warning, codeDeletes, origin(o), fact, "nothing keeps Flux from deleting it, and with it "+held,
				fmt.Sprintf("take it back with the annotation %sprune: \"disabled\", and remove it in a change after that", flux))
		case o.Kind == "PersistentVolumeClaim":
		default:
			c.report(finding.Note, codeLeft, origin(o), fact, "it stays in the cluster, with "+held, "delete it by hand once nobody needs that: kubectl delete "+strings.ToLower(o.Kind)+" "+o.Name)
		}
	}
	return errors.Join(errs, c.claims())
}

// heldBy is what goes with an object, "" for one that can be made again.
func heldBy(o *manifest.Object) string {
	switch o.Group + "/" + o.Kind {
	case "/PersistentVolumeClaim":
		return "its volume"
	case "/Namespace":
		return "all that others put into it"
	case "apiextensions.k8s.io/CustomResourceDefinition":
		return "every object of its kind"
	}
	return ""
}

// origin is where an object was declared, or what is nearest to it now.
func origin(o *manifest.Object) inventory.Spot {
	return inventory.Spot{Object: &manifest.Object{Origin: o.Origin}}
}

// claims reports those that Flux leaves behind, and what pods have in their place. Those
// of a StatefulSet that has fewer pods wait for the next ones.
func (c *comparison) claims() error {
	was, err := storedBy(c.base)
	if err != nil {
		return err
	}
	is, err := storedBy(c.head)
	if err != nil {
		return err
	}
	used, err := c.mounted()
	if err != nil {
		return err
	}
	ran, runs, err := c.images()
	if err != nil {
		return err
	}
	has := func(all []stored, s stored) bool {
		return slices.ContainsFunc(all, func(o stored) bool { return o.namespace == s.namespace && o.volume == s.volume && o.first == s.first })
	}
	for _, old := range was {
		kept := has(is, old) || used[old.namespace+"/"+old.first] || c.waits(old)
		if kept || c.pruned(old) {
			continue
		}
		c.behind(old, slices.DeleteFunc(slices.Clone(is), func(s stored) bool { return has(was, s) || !s.follows(old, ran, runs) }))
	}
	return nil
}

// behind reports claims that are left, with those that pods have instead.
func (c *comparison) behind(old stored, instead []stored) {
	be, stay, how := "is", "it stays in the cluster with its files", "delete pvc "+old.first
	if old.more > 0 {
		be, stay, how = "are", "they stay in the cluster with their files", "get pvc"
	}
	at, fact := origin(old.by), fmt.Sprintf("%s %s gone from the tree", old.called(), be)
	if len(instead) == 0 {
		c.report(finding.Note, codeLeft, at, fact, stay, fmt.Sprintf("delete by hand what nobody needs any longer: kubectl -n %s %s", old.namespace, how))
		return
	}
	var begin []string
	mend := fmt.Sprintf("copy the files over, or mount the old claim: existing: %q", old.first)
	for _, s := range instead {
		begin = append(begin, s.called())
		if s.namespace != old.namespace { // where it cannot be mounted
			mend = "copy the files over, or take it back"
		}
	}
	slices.Sort(begin)
	c.report(finding.Warning, codeLeft, at, fact, stay+", and pods begin empty, with "+finding.All(begin), mend)
}
