package change

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies"
)

// gone reports objects of the base that hold data and are not in the head.
func (c *comparison) gone() error {
	for _, o := range c.base.Objects {
		held := heldBy(o)
		if held == "" || c.after[o.ID] != nil {
			continue
		}
		v, err := policies.Read[map[string]any](o)
		if err != nil {
			return err
		}
		fact := o.Called() + " is gone from the tree"
		switch {
		case !marked(v, "prune", "disabled") && !marked(v, "reconcile", "disabled"):
			c.report(finding.Warning, codeDeletes, origin(o), fact, "in the base Flux may prune it: it deletes it, and with it "+held,
				fmt.Sprintf("take it back, and give it the annotation %sprune: disabled before it goes", flux))
		case o.Kind == "PersistentVolumeClaim":
		default:
			c.report(finding.Note, codeLeft, origin(o), fact, "it stays in the cluster, with "+held, "delete it by hand once nobody needs that: kubectl delete "+strings.ToLower(o.Kind)+" "+o.Name)
		}
	}
	return c.claims()
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
func origin(o *manifest.Object) policies.Spot {
	return policies.Spot{Object: &manifest.Object{Origin: o.Origin}}
}

// stored is a claim, whoever makes it.
type stored struct {
	namespace, name string
	volume          string // the name that it has in its workload
	by              *manifest.Object
}

// called names the claim as a sentence does.
func (s stored) called() string { return "claim " + s.namespace + "/" + s.name }

// app is the app whose claim it is, "" for one of a namespace.
func (s stored) app() string {
	if len(s.by.Origin) > 1 && s.by.Origin[0] == "apps" {
		return s.by.Origin[1]
	}
	return ""
}

// storedBy are the claims that objects make, in their order: those that are objects, and
// those of the pods of StatefulSets.
func storedBy(s *policies.Subject) ([]stored, error) {
	var out []stored
	for _, o := range s.Objects {
		switch {
		case o.Group == "" && o.Kind == "PersistentVolumeClaim":
			out = append(out, stored{o.Namespace, o.Name, o.Origin[len(o.Origin)-1], o})
		case o.Group == "apps" && o.Kind == "StatefulSet":
			set, err := policies.Read[appsv1.StatefulSet](o)
			if err != nil {
				return nil, err
			}
			pods := int32(1)
			if set.Spec.Replicas != nil {
				pods = *set.Spec.Replicas
			}
			for _, t := range set.Spec.VolumeClaimTemplates {
				for i := range pods {
					out = append(out, stored{o.Namespace, fmt.Sprintf("%s-%s-%d", t.Name, o.Name, i), t.Name, o})
				}
			}
		}
	}
	return out, nil
}

// claims reports those that Flux leaves behind, and what pods have in their place. A
// claim of a StatefulSet that has fewer pods waits for the next one.
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
	has := func(all []stored, s stored) bool {
		return slices.ContainsFunc(all, func(o stored) bool { return o.namespace == s.namespace && o.name == s.name })
	}
	for _, old := range was {
		if has(is, old) || used[old.namespace+"/"+old.name] || c.waits(old, is) || c.pruned(old) {
			continue
		}
		var instead []string
		for _, s := range is {
			if !has(was, s) && c.follows(old, s) {
				instead = append(instead, s.called())
			}
		}
		slices.Sort(instead)
		at, fact := origin(old.by), old.called()+" is gone from the tree"
		if len(instead) == 0 {
			c.report(finding.Note, codeLeft, at, fact, "it stays in the cluster with its files", fmt.Sprintf("delete it by hand once nobody needs them: kubectl -n %s delete pvc %s", old.namespace, old.name))
			continue
		}
		begins := "which is empty"
		if len(instead) > 1 {
			begins = "which are empty"
		}
		c.report(finding.Warning, codeLeft, at, fact, fmt.Sprintf("it stays in the cluster with its files, and pods begin with %s, %s", finding.All(instead), begins),
			fmt.Sprintf("copy the files, or write existing: %q where it was", old.name))
	}
	return nil
}

// mounted are the claims that pods of the head have, as namespace/name.
func (c *comparison) mounted() (map[string]bool, error) {
	pods, err := c.head.Pods()
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, p := range pods {
		for _, v := range p.Spec.Volumes {
			if v.PersistentVolumeClaim != nil {
				out[p.Object.Namespace+"/"+v.PersistentVolumeClaim.ClaimName] = true
			}
		}
	}
	return out, nil
}

// waits reports whether a claim is one of a StatefulSet's that has fewer pods now.
func (c *comparison) waits(s stored, is []stored) bool {
	set := c.after[s.by.ID]
	return s.by.Kind == "StatefulSet" && set != nil && (slices.ContainsFunc(is, func(o stored) bool { return o.by == set && o.volume == s.volume }) || noPods(set))
}

// noPods reports whether a StatefulSet has none.
func noPods(o *manifest.Object) bool {
	set, err := policies.Read[appsv1.StatefulSet](o)
	return err == nil && set.Spec.Replicas != nil && *set.Spec.Replicas == 0
}

// pruned reports whether Flux deletes a claim, which is told already.
func (c *comparison) pruned(s stored) bool {
	v, err := policies.Read[map[string]any](s.by)
	return err == nil && s.by.Kind == "PersistentVolumeClaim" && !marked(v, "prune", "disabled") && !marked(v, "reconcile", "disabled")
}

// follows reports whether a claim has the place of one that is gone: it is the same
// app's, or the same volume of an app that runs what one did that is gone too.
func (c *comparison) follows(old, s stored) bool {
	if old.app() == "" || s.app() == "" {
		return old.app() == s.app() && old.name == s.name // moved to another namespace
	}
	if old.app() == s.app() {
		return true
	}
	return old.volume == s.volume && runs(c.base, old.app()) != "" && runs(c.base, old.app()) == runs(c.head, s.app()) && runs(c.head, old.app()) == ""
}

// runs are the images of an app, as one text.
func runs(s *policies.Subject, app string) string {
	pods, err := s.Pods()
	if err != nil {
		return ""
	}
	var images []string
	for _, p := range pods {
		if len(p.Object.Origin) > 1 && p.Object.Origin[0] == "apps" && p.Object.Origin[1] == app {
			for _, c := range p.Containers() {
				images = append(images, c.Image)
			}
		}
	}
	slices.Sort(images)
	return strings.Join(slices.Compact(images), " ")
}
