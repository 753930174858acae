package custom

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/valid"
)

// The codes of what Check reports.
const (
	CodeInvalid                 = builtin.CodeInvalid
	CodeDuplicate               = builtin.CodeDuplicate
	CodeUnknown                 = builtin.CodeUnknown
	CodeVersion    finding.Code = "apiserver/no-such-version"
	CodeNotChecked finding.Code = "apiserver/not-checked"
)

// resource is a custom resource while it is checked.
type resource struct {
	name string // as a sentence says it: HTTPRoute lab/web
	// written is the resource as the user wrote it, as JSON decodes it.
	written map[string]any
	*compiled
	defined *defined
	took    *atomic.Int64
	strays  []stray
	out     []refusal.Refusal
}

// Check says why the API server refuses a custom resource, and which fields of it; nothing
// for a kind that no definition is known of or that cannot be checked. The resource is not
// changed.
func (d *Definitions) Check(ctx context.Context, object map[string]any) []refusal.Refusal {
	kind, version := kindOf(object)
	of := d.kinds[kind]
	if of == nil || of.refused {
		return nil
	}
	r := &resource{name: nameOf(object), defined: of, took: &d.took}
	served := of.versions[version]
	if served == nil {
		return []refusal.Refusal{r.noVersion(kind, version)}
	}
	compiled, err := served.compile()
	if err != nil {
		return nil // Unchecked says so
	}
	written, err := decoded(object)
	if err != nil {
		return []refusal.Refusal{{Code: CodeInvalid, Severity: finding.Error, Problem: r.name + " cannot be written as JSON", Detail: err.Error()}}
	}
	r.compiled, r.written = compiled, written.(map[string]any)
	if _, known := r.structural.Properties["sops"]; !known {
		delete(r.written, "sops") // Flux takes it out as it decrypts the file
	}
	// Flux takes status out of all objects but CustomResourceDefinitions
	// (github.com/fluxcd/pkg/ssa, normalize/normalize.go), and the API server ignores it
	// where it is a subresource.
	delete(r.written, "status")
	r.check(ctx)
	sortByKeys(r.out)
	return r.out
}

// sortByKeys sorts refusals by the field that they are about.
func sortByKeys(refusals []refusal.Refusal) {
	slices.SortStableFunc(refusals, func(a, b refusal.Refusal) int {
		return slices.Compare(append(slices.Clone(a.Keys), a.Problem), append(slices.Clone(b.Keys), b.Problem))
	})
}

// kindOf is the kind of an object, and its version.
func kindOf(object map[string]any) (schema.GroupKind, string) {
	version, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	gvk := schema.FromAPIVersionAndKind(version, kind)
	return gvk.GroupKind(), gvk.Version
}

// nameOf names an object as a sentence does: HTTPRoute lab/web.
func nameOf(object map[string]any) string {
	kind, _ := object["kind"].(string)
	metadata, _ := object["metadata"].(map[string]any)
	namespace, _ := metadata["namespace"].(string)
	name, _ := metadata["name"].(string)
	return strings.TrimSpace(kind + " " + path.Join(namespace, name))
}

func (r *resource) noVersion(kind schema.GroupKind, version string) refusal.Refusal {
	names := r.defined.names()
	out := refusal.Refusal{
		Code: CodeVersion, Severity: finding.Error, Keys: []string{"apiVersion"},
		Problem: fmt.Sprintf("the API server does not serve %s of %s at version %s", kind.Kind, kind.Group, version),
		Detail:  "its CustomResourceDefinition serves " + finding.All(names),
	}
	switch {
	case len(names) == 0:
		out.Detail = "its CustomResourceDefinition serves no version"
		out.Fix = "set `served: true` for a version in the definition"
	default:
		out.Fix = fmt.Sprintf("write `apiVersion: %s/%s`, and look up what differs in that version", kind.Group, names[0])
	}
	return out
}

// check takes the steps of the API server when it is asked to create the resource by
// server-side apply. Unlike for other requests, it decodes what is applied without taking
// null out of fields that are not nullable (k8s.io/apiextensions-apiserver,
// pkg/apiserver/customresource_handler.go: only schemaCoercingDecoder and
// schemaCoercingConverter call PruneNonNullableNullsWithoutDefaults); null gives way to a
// default, and is refused where there is none.
func (r *resource) check(ctx context.Context) {
	object := decodedCopy(r.written)
	meta, sound := r.metadata(object)
	if !sound {
		return
	}
	if !r.defined.spec.PreserveUnknownFields { // as definitions could before v1
		r.strays = strays(r.written, r.structural)
		for _, s := range r.strays {
			r.unknown(s)
		}
		pruning.Prune(object, r.structural, true)
	}
	if err := objectmeta.Coerce(nil, object, r.structural, false, false); err != nil {
		r.refuse(err)
		return
	}
	if meta != nil {
		if err := objectmeta.SetObjectMeta(object, meta); err != nil {
			r.unreadable(err)
			return
		}
	}
	defaulting.Default(object, r.structural)
	r.validate(ctx, object)
}

// decodedCopy is a deep copy of what decoded returns.
func decodedCopy(object map[string]any) map[string]any {
	out, _ := copied(object) // which it takes
	return out.(map[string]any)
}

// unknown reports a field that the definition does not have.
func (r *resource) unknown(s stray) {
	name := s.keys[len(s.keys)-1]
	if unfilled(name) {
		return
	}
	r.out = append(r.out, unknownField(r.name, s))
}

func unknownField(object string, s stray) refusal.Refusal {
	name, parent := s.keys[len(s.keys)-1], s.keys[:len(s.keys)-1]
	out := refusal.Refusal{
		Code: CodeUnknown, Severity: finding.Error, Keys: s.keys,
		Problem: fmt.Sprintf("%s has no field %s", object, valid.Dotted(s.keys)),
		Detail:  refusedWhole,
	}
	if s.dropped != "" {
		out.Severity = finding.Warning
		out.Detail = "the API server drops it without a word, " + s.dropped
	}
	where := "the object"
	if len(parent) > 0 {
		where = "`" + valid.DottedBare(parent) + "`"
	}
	switch like := finding.Suggest(name, s.known); {
	case like != "":
		out.Fix = fmt.Sprintf("write `%s`, or remove it", like)
	case len(s.known) > 0 && len(s.known) <= 12:
		out.Fix = fmt.Sprintf("remove it; the fields of %s are %s", where, finding.All(s.known))
	default:
		out.Fix = "remove it"
	}
	return out
}
