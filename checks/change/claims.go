package change

import (
	"fmt"
	"reflect"

	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// newVolume is what to do instead of changing a claim.
const newVolume = "give the volume another name and copy the files: the old claim stays with them until you delete it by hand"

// claim reports what cannot change in a PersistentVolumeClaim.
func claim(p *pair) {
	p.size()
	look := fmt.Sprintf("look at it with kubectl -n %s get pvc %s", p.new.Namespace, p.new.Name)
	field := []string{"spec", "storageClassName"}
	was, is := at(p.was, field...), at(p.is, field...)
	fact := fmt.Sprintf("the storage class of %s %s", p.new.DisplayName(), words(is))
	switch {
	case same(was, is, nil):
	case was == nil:
		p.unsure(doubt{field: field, labels: []string{"class"}, fact: fact, before: "in the base it names none, and a claim keeps the one that it was given", whenever: "that is it", look: look})
	default:
		p.refused(refusal{field: field, labels: []string{"class"}, fact: fact, before: "it " + words(was), why: "a claim keeps its class", keep: p.write("class", "storageClassName", was)})
	}
	field = []string{"spec", "volumeName"}
	was, is = at(p.was, field...), at(p.is, field...)
	fact = fmt.Sprintf("the volume of %s %s", p.new.DisplayName(), words(is))
	switch {
	case same(was, is, nil):
	case was == nil:
		p.unsure(doubt{field: field, fact: fact, before: "in the base it names none, and a claim keeps the one that it was given", whenever: "that is it", look: look})
	default:
		p.refused(refusal{field: field, fact: fact, before: "it " + words(was)})
	}
}

// size reports a claim that asks for more or less than it did.
func (p *pair) size() {
	field := []string{"spec", "resources", "requests", "storage"}
	was, is := amount(at(p.was, field...)), amount(at(p.is, field...))
	change := refusal{
		field: field, labels: []string{"size"}, fact: fmt.Sprintf("%s asks for %s", p.new.DisplayName(), is.String()), before: "it asks for " + was.String(),
		why: "no claim can shrink", keep: p.write("size", "storage", was.String()),
	}
	class, _ := at(p.is, "spec", "storageClassName").(string)
	switch may, known := p.grows(class); {
	case is.Cmp(was) < 0:
		p.refused(change)
	case is.Cmp(was) == 0 || known && may:
	case known:
		change.why = "storage class " + class + " lets no claim grow"
		p.refused(change)
	default:
		of, look := "storage class "+class, "kubectl get storageclass "+class+" -o yaml"
		if class == "" {
			of, look = "its storage class", "kubectl get storageclass -o yaml"
		}
		p.unsure(doubt{
			field: field, labels: []string{"size"}, fact: change.fact, before: "in the base it asks for " + was.String(), whenever: of + " lets claims grow, which is not known here",
			look: "look for allowVolumeExpansion: true with " + look + "; without it, " + newVolume,
		})
	}
	x, y := resources(p.was), resources(p.is)
	if !reflect.DeepEqual(x, y) {
		p.refused(refusal{field: []string{"spec", "resources"}, fact: "spec.resources of " + p.new.DisplayName() + " is another"})
	}
}

// resources are those of a claim, without its size.
func resources(o map[string]any) map[string]any {
	out := map[string]any{}
	for _, kind := range []string{"requests", "limits"} {
		m, _ := at(o, "spec", "resources", kind).(map[string]any)
		for name, v := range m {
			if kind != "requests" || name != "storage" {
				out[kind+"."+name] = v
			}
		}
	}
	return out
}

// amount reads a quantity; one that is not there is none.
func amount(v any) resource.Quantity {
	q, err := resource.ParseQuantity(fmt.Sprint(v))
	if err != nil {
		return resource.Quantity{}
	}
	return q
}

// write is how to keep a value that somebody may never have written.
func (p *pair) write(field, raw string, v any) string {
	if p.new.Raw {
		field = raw
	}
	return fmt.Sprintf("write %s: %q", field, v)
}

// grows reports whether a storage class lets claims grow, and whether that is known.
func (p *pair) grows(class string) (may, known bool) {
	if o := p.after[manifest.ID{Group: storagev1.GroupName, Kind: "StorageClass", Name: class}]; o != nil {
		c, err := inventory.Read[storagev1.StorageClass](o)
		return err == nil && c.AllowVolumeExpansion != nil && *c.AllowVolumeExpansion, err == nil
	}
	// K3s's own has no allowVolumeExpansion (k3s-io/k3s, manifests/local-storage.yaml).
	k3s := p.head.Cluster != nil && p.head.Cluster.Kubernetes.Brings("local-storage") && class == "local-path"
	return false, k3s
}
