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
			c.report(finding.Warning, codeDeletes, origin(o), fact, "nothing keeps Flux from deleting it, and with it "+held,
				fmt.Sprintf("take it back with the annotation %sprune: \"disabled\", and remove it in a change after that", flux))
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

// stored are the claims of one volume: one, or one for each pod of a StatefulSet.
type stored struct {
	namespace string
	names     []string
	volume    string // the name that it has in its workload
	by        *manifest.Object
}

// called names the claims as a sentence does.
func (s stored) called() string {
	first := "claim " + s.namespace + "/" + s.names[0]
	if len(s.names) == 1 {
		return first
	}
	return fmt.Sprintf("%s and %d more of its kind", first, len(s.names)-1)
}

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
			out = append(out, stored{o.Namespace, []string{o.Name}, o.Origin[len(o.Origin)-1], o})
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
				claims := stored{namespace: o.Namespace, volume: t.Name, by: o}
				for i := range pods {
					claims.names = append(claims.names, fmt.Sprintf("%s-%s-%d", t.Name, o.Name, i))
				}
				if pods > 0 {
					out = append(out, claims)
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
		return slices.ContainsFunc(all, func(o stored) bool { return o.namespace == s.namespace && slices.Contains(o.names, s.names[0]) })
	}
	for _, old := range was {
		if has(is, old) || used[old.namespace+"/"+old.names[0]] || c.waits(old, is) || c.pruned(old) {
			continue
		}
		c.behind(old, slices.DeleteFunc(slices.Clone(is), func(s stored) bool { return has(was, s) || !c.follows(old, s) }))
	}
	return nil
}

// behind reports claims that are left, with those that pods have instead.
func (c *comparison) behind(old stored, instead []stored) {
	be, stay, them := "is", "it stays in the cluster with its files", old.names[0]
	if len(old.names) > 1 {
		be, stay, them = "are", "they stay in the cluster with their files", strings.Join(old.names, " ")
	}
	at, fact := origin(old.by), fmt.Sprintf("%s %s gone from the tree", old.called(), be)
	if len(instead) == 0 {
		c.report(finding.Note, codeLeft, at, fact, stay, fmt.Sprintf("delete by hand what nobody needs any longer: kubectl -n %s delete pvc %s", old.namespace, them))
		return
	}
	var begin []string
	mend := fmt.Sprintf("copy the files over, or mount the old claim: existing: %q", old.names[0])
	for _, s := range instead {
		begin = append(begin, s.called())
		if s.namespace != old.namespace { // where it cannot be mounted
			mend = "copy the files over, or take it back"
		}
	}
	slices.Sort(begin)
	c.report(finding.Warning, codeLeft, at, fact, stay+", and pods begin empty, with "+finding.All(begin), mend)
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
		return old.app() == s.app() && slices.Equal(old.names, s.names) // moved to another namespace
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
