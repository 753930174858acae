package change

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// stored are the claims of one volume: one, or one for each pod of a StatefulSet.
type stored struct {
	namespace, first string
	more             int32  // how many there are beside the first
	volume           string // the name that it has in its workload
	by               *manifest.Object
}

// called names the claims as a sentence does.
func (s stored) called() string {
	first := "claim " + s.namespace + "/" + s.first
	if s.more == 0 {
		return first
	}
	return fmt.Sprintf("%s and %d more of its kind", first, s.more)
}

// app is the app whose claims they are, "" for those of a namespace.
func (s stored) app() string { return appOf(s.by) }

// appOf is the app that an object was made from, "" for none.
func appOf(o *manifest.Object) string {
	if len(o.Origin) > 1 && o.Origin[0] == "apps" {
		return o.Origin[1]
	}
	return ""
}

// storedBy are the claims that objects make, in their order: those that are objects, and
// those of the pods of StatefulSets.
func storedBy(s *inventory.Subject) ([]stored, error) {
	var out []stored
	for _, o := range s.Objects {
		switch {
		case o.Group == "" && o.Kind == "PersistentVolumeClaim":
			out = append(out, stored{o.Namespace, o.Name, 0, o.Origin[len(o.Origin)-1], o})
		case o.Group == "apps" && o.Kind == "StatefulSet":
			set, err := inventory.Read[appsv1.StatefulSet](o)
			if err != nil {
				return nil, err
			}
			for _, t := range set.Spec.VolumeClaimTemplates {
				if pods := podsOf(set); pods > 0 {
					out = append(out, stored{o.Namespace, fmt.Sprintf("%s-%s-0", t.Name, o.Name), pods - 1, t.Name, o})
				}
			}
		}
	}
	return out, nil
}

// podsOf is how many pods a StatefulSet has.
func podsOf(set appsv1.StatefulSet) int32 {
	if set.Spec.Replicas == nil {
		return 1
	}
	return *set.Spec.Replicas
}

// mounted are the claims that pods of the head have, as namespace/name.
func (c *comparison) mounted() (map[string]bool, error) {
	pods, err := c.head.PodTemplates()
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

// waits reports whether claims are those of a StatefulSet that has no pods just now.
func (c *comparison) waits(s stored) bool {
	is := c.after[s.by.ID]
	if is == nil || is.Kind != "StatefulSet" {
		return false
	}
	set, err := inventory.Read[appsv1.StatefulSet](is)
	return err == nil && podsOf(set) == 0
}

// pruned reports whether Flux deletes a claim, which is told already.
func (c *comparison) pruned(s stored) bool {
	v, err := inventory.Read[map[string]any](s.by)
	return err == nil && s.by.Kind == "PersistentVolumeClaim" && !remains(v)
}

// remains reports whether Flux leaves an object that goes from the tree.
func remains(o map[string]any) bool {
	return marked(o, "prune", "disabled") || marked(o, "reconcile", "disabled")
}

// follows reports whether claims have the place of some that are gone: they are the same
// app's, or the same volume of an app that runs what one did that is gone too; or they
// are a namespace's, in another namespace. ran and runs are the images of apps in the
// base and the head.
func (s stored) follows(old stored, ran, runs map[string]string) bool {
	before, after := old.app(), s.app()
	switch {
	case before == "" || after == "":
		return before == after && old.first == s.first
	case before == after:
		return true
	}
	return old.volume == s.volume && ran[before] == runs[after] && runs[before] == ""
}

// images are what apps run in the base and in the head, each as one text.
func (c *comparison) images() (ran, runs map[string]string, err error) {
	of := func(s *inventory.Subject) (map[string]string, error) {
		pods, err := s.PodTemplates()
		if err != nil {
			return nil, err
		}
		images := map[string][]string{}
		for _, p := range pods {
			for _, container := range p.Containers() {
				images[appOf(p.Object)] = append(images[appOf(p.Object)], container.Image)
			}
		}
		out := map[string]string{}
		for app, all := range images {
			slices.Sort(all)
			out[app] = strings.Join(slices.Compact(all), " ")
		}
		return out, nil
	}
	if ran, err = of(c.base); err != nil {
		return nil, nil, err
	}
	runs, err = of(c.head)
	return ran, runs, err
}
