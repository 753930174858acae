package finish

import (
	"maps"
	"slices"
	"strings"
	"time"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/policies"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// exceptions are what is let off policies, where Kyverno or the API server looks for it.
// Which objects that is, only the finished ones tell.
func (r *finisher) exceptions() []object.Made {
	var out []object.Made
	for _, n := range r.c.Policies.Natives {
		out = append(out, r.native(n)...)
	}
	for _, e := range r.c.Policies.Exceptions {
		e := r.listed(e)
		p := &policiesv1.PolicyException{
			ObjectMeta: object.FactMeta(r.c.Policies.Namespace, e.Name),
			Spec:       policiesv1.PolicyExceptionSpec{PolicyRefs: e.Policies, MatchConditions: e.Conditions},
		}
		p.Annotations = map[string]string{model.AnnotationReason: e.Reason}
		if last, err := time.Parse(time.DateOnly, e.Until); err == nil {
			p.Spec.ExpiresAt = ptr.To(metav1.NewTime(last.AddDate(0, 0, 1))) // when that day is over, in UTC
		}
		out = append(out, object.Of(scope.PoliciesUnit(), kinds.Exception, p, e.At))
	}
	return out
}

// listed is an exception with the objects of its app or chart that labels do not tell.
func (r *finisher) listed(e policies.Exception) policies.Exception {
	if e.Owned == nil {
		return e
	}
	if others := r.otherObjects(e.Owned); len(others) > 0 {
		e.Conditions = slices.Clone(e.Conditions)
		e.Conditions[len(e.Conditions)-1].Expression += " || object.kind + '/' + object.metadata.?namespace.orValue('') + '/' + object.metadata.name in " + model.CELList(others)
	}
	return e
}

// otherObjects are those of an app or chart that its labels do not tell, of kinds that a
// policy is about, as kind/namespace/name, sorted: Flux's own, encrypted ones, and those
// in other namespaces.
func (r *finisher) otherObjects(x *policies.Owned) []string {
	var out []string
	add := func(kind, namespace, name string) {
		stem := strings.TrimSuffix(strings.ToLower(kind), "y") // of its plural
		if x.Resources == nil || slices.ContainsFunc(x.Resources, func(of string) bool { return of == "*" || strings.HasPrefix(of, stem) }) {
			out = append(out, kind+"/"+namespace+"/"+name)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(r.byID), manifest.ID.Compare) {
		o := r.byID[id]
		if len(o.Origin) < 2 || o.Origin[0] != "apps" && o.Origin[0] != "charts" || o.Origin[1] != x.By || tells(x, o) {
			continue
		}
		add(id.Kind, id.Namespace, id.Name)
	}
	for _, unit := range []string{x.By, x.By + scope.ConfigSuffix} {
		if u := r.units[unit]; u != nil && len(u.Objects) > 0 && len(u.Origin) > 1 && u.Origin[1] == x.By {
			add(kinds.Kustomization.Kind, scope.UnitFlux, unit)
		}
	}
	slices.Sort(out)
	return out
}

// tells reports whether an object's labels and namespace say whose it is.
func tells(x *policies.Owned, o *manifest.Object) bool {
	has := map[string]string{}
	switch v := o.Value.(type) {
	case metav1.Object:
		has = v.GetLabels()
	case map[string]any:
		md, _ := v["metadata"].(map[string]any)
		given, _ := md["labels"].(map[string]any)
		for key, value := range given {
			has[key], _ = value.(string)
		}
	}
	return has[labels.Name] == x.By && o.Namespace == x.Namespace && (!x.Chart || has[labels.ManagedBy] == labels.Stillsuit)
}
