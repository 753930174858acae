package apiserver

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/checks/apiserver/internal/custom"
	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// CodeNoSchema is that of kinds whose resources were not checked, as no definition of them is
// known.
const CodeNoSchema finding.Code = "apiserver/no-schema"

// customs checks the custom resources among the objects, and their definitions.
func (r *reporter) customs(ctx context.Context, given *Definitions) {
	known := r.definitions(ctx, given)
	without := unchecked{}
	var slow []refusal.Refusal
	for _, o := range r.Objects {
		if o.Verbatim != nil || builtIn(o.Group) {
			continue
		}
		gvk := schema.FromAPIVersionAndKind(o.APIVersion, o.Kind)
		why := known.Unchecked(gvk.GroupKind(), gvk.Version)
		if why != custom.Unknown || strings.HasSuffix(o.Group, ".fluxcd.io") {
			r.named(o) // others may be no objects: files for tools have kinds too
		}
		if why != "" {
			if r.Cluster == nil || o.Raw || o.Written != nil {
				without.add(o, why) // stillsuit's own are compared with their types in tests/crd
			}
			continue
		}
		refusals := known.Check(ctx, untyped(o))
		r.report(o, slices.DeleteFunc(refusals, func(why refusal.Refusal) bool {
			late := len(why.Keys) == 0 && why.Severity == finding.Note
			if late {
				slow = append(slow, why)
			}
			return late
		}))
	}
	without.report(r.Pass)
	if len(slow) > 0 {
		r.Note(inventory.Spot{}, slow[0].Code, fmt.Sprintf("rules of CustomResourceDefinitions were not evaluated about %s", finding.Count(len(slow), "object")), slow[0].Detail, "let the API server check them: `kubectl apply --server-side --dry-run=server`")
	}
}

// builtIn reports whether a group is Kubernetes' own: one without a dot, or of its API
// servers. The aggregator and the server of CustomResourceDefinitions have one each.
func builtIn(group string) bool {
	return !strings.Contains(group, ".") || builtin.KnowsGroup(group) || group == "apiregistration.k8s.io" || group == custom.Group
}

// definitions are all that are known, those first that count most: the definitions among the
// objects, those of Flux that `flux bootstrap` writes beside a cluster's units, and those
// that are given. Those that charts install would come last.
func (r *reporter) definitions(ctx context.Context, given *Definitions) *custom.Definitions {
	known := custom.New()
	for _, o := range r.Objects {
		if o.Kind != custom.Kind || o.Group != custom.Group || o.Verbatim != nil {
			continue
		}
		crd := untyped(o)
		refusals := custom.CheckDefinition(ctx, crd)
		r.report(o, refusals)
		refused := slices.ContainsFunc(refusals, func(why refusal.Refusal) bool { return why.Severity == finding.Error })
		_ = known.Add(crd, refused) // what it is instead is reported
	}
	if r.Cluster != nil && r.Source != nil {
		name := path.Join("flux-system", r.Name, "flux-system", "gotk-components.yaml")
		crds, _ := custom.Parse(name, r.Source(name)) // Flux reports a file of its own that is broken
		add(known, crds)
	}
	if given != nil {
		add(known, given.crds)
	}
	return known
}

func add(known *custom.Definitions, crds []map[string]any) {
	for _, crd := range crds {
		_ = known.Add(crd, false) // without a group or a kind it defines nothing
	}
}

// untyped is an object as it was written, or as JSON decodes it.
func untyped(o *manifest.Object) map[string]any {
	if o.Written != nil {
		return o.Written
	}
	return builtin.Untyped(o.Value)
}

// unchecked counts the objects of each kind that were not checked, by the reason.
type unchecked map[string]map[string]int

func (u unchecked) add(o *manifest.Object, why string) {
	if u[why] == nil {
		u[why] = map[string]int{}
	}
	u[why][o.Kind]++
}

// report notes the kinds that were not checked, once for each reason.
func (u unchecked) report(pass *checks.Pass) {
	for why, kinds := range u {
		objects := 0
		var named []string
		for kind, n := range kinds {
			objects += n
			named = append(named, fmt.Sprintf("%s (%d)", kind, n))
		}
		slices.Sort(named)
		fix := "correct the definition"
		if why == custom.Unknown {
			fix = "run `kubectl get crds -o json > crds.json` and add `--crds crds.json`"
		}
		pass.Note(inventory.Spot{}, CodeNoSchema, fmt.Sprintf("the fields of %s were not checked: %s", finding.Count(objects, "custom resource"), finding.All(named)), why, fix)
	}
}
