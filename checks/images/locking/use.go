package locking

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/eligible"
)

// Use is a container of a cluster that runs an image.
type Use struct {
	// Ref is the image as the lock has it: with registry and tag, and without its digest.
	Ref string
	// Cluster and By are the cluster and the object that makes the pods:
	// namespace/name.
	Cluster, By string
	// Place is the user's line.
	Place finding.Place
	// Nodes are those that the pod may run on, sorted; nil when it cannot be told.
	Nodes []string
}

// Uses are the containers of a cluster, in the order of its objects. References
// that the lock cannot hold are left out: the checks say what is wrong with them.
func Uses(s *inventory.Subject) ([]Use, error) {
	pods, err := s.PodTemplates()
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", s.Name, err)
	}
	finder := eligible.New(s, pods)
	var uses []Use
	for _, p := range pods {
		where, err := finder.Of(p)
		if err != nil {
			where = eligible.Nodes{} // a check says so
		}
		for _, c := range p.Containers() {
			ref, err := image.Parse(c.Image)
			if err != nil || !ref.Lockable() {
				continue
			}
			place, _ := s.Places.Locate(c.Spot.Join("image"))
			uses = append(uses, Use{Ref: ref.Tagged(), Cluster: s.Name, By: p.Object.Namespace + "/" + p.Object.Name, Place: place, Nodes: where.Names})
		}
	}
	return uses, nil
}

// RefsOf are the images of uses, sorted, each once.
func RefsOf(uses []Use) []string {
	var refs []string
	for _, u := range uses {
		refs = append(refs, u.Ref)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}
