package render

import (
	"maps"
	"slices"
	"strings"
	"time"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// exceptions are what is let off policies, where Kyverno or the API server looks for it.
// Which objects that is, only the finished ones tell.
func (r *finisher) exceptions() []made {
	var out []made
	for _, n := range r.c.policies.natives {
		out = append(out, r.native(n)...)
	}
	for _, e := range r.c.policies.exceptions {
		e := r.listed(e)
		p := &policiesv1.PolicyException{
			ObjectMeta: factMeta(r.c.policies.namespace, e.name),
			Spec:       policiesv1.PolicyExceptionSpec{PolicyRefs: e.policies, MatchConditions: e.conditions},
		}
		p.Annotations = map[string]string{model.AnnotationReason: e.reason}
		if last, err := time.Parse(time.DateOnly, e.until); err == nil {
			p.Spec.ExpiresAt = ptr(metav1.NewTime(last.AddDate(0, 0, 1))) // when that day is over, in UTC
		}
		out = append(out, of(policiesUnit(), kindException, p, e.at))
	}
	return out
}

// listed is an exception with the objects of its app or chart that labels do not tell.
func (r *finisher) listed(e excuse) excuse {
	if e.owned == nil {
		return e
	}
	if others := r.otherObjects(e.owned); len(others) > 0 {
		e.conditions = slices.Clone(e.conditions)
		e.conditions[len(e.conditions)-1].Expression += " || object.kind + '/' + object.metadata.?namespace.orValue('') + '/' + object.metadata.name in " + model.CELList(others)
	}
	return e
}

// otherObjects are those of an app or chart that its labels do not tell, of kinds that a
// policy is about, as kind/namespace/name, sorted: Flux's own, encrypted ones, and those
// in other namespaces.
func (r *finisher) otherObjects(x *owned) []string {
	var out []string
	add := func(kind, namespace, name string) {
		stem := strings.TrimSuffix(strings.ToLower(kind), "y") // of its plural
		if x.resources == nil || slices.ContainsFunc(x.resources, func(of string) bool { return of == "*" || strings.HasPrefix(of, stem) }) {
			out = append(out, kind+"/"+namespace+"/"+name)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(r.byID), manifest.ID.Compare) {
		o := r.byID[id]
		if len(o.Origin) < 2 || o.Origin[0] != "apps" && o.Origin[0] != "charts" || o.Origin[1] != x.by || x.tells(o) {
			continue
		}
		add(id.Kind, id.Namespace, id.Name)
	}
	for _, unit := range []string{x.by, x.by + configSuffix} {
		if u := r.units[unit]; u != nil && len(u.Objects) > 0 && len(u.Origin) > 1 && u.Origin[1] == x.by {
			add(kindKustomization.Kind, unitFlux, unit)
		}
	}
	slices.Sort(out)
	return out
}

// tells reports whether an object's labels and namespace say whose it is.
func (x *owned) tells(o *manifest.Object) bool {
	labels := map[string]string{}
	switch v := o.Value.(type) {
	case metav1.Object:
		labels = v.GetLabels()
	case map[string]any:
		md, _ := v["metadata"].(map[string]any)
		given, _ := md["labels"].(map[string]any)
		for key, value := range given {
			labels[key], _ = value.(string)
		}
	}
	return labels[labelName] == x.by && o.Namespace == x.namespace && (!x.chart || labels[labelManagedBy] == managedBy)
}
