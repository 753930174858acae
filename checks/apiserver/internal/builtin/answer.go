package builtin

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/valid"
)

// The codes of the refusals.
const (
	CodeInvalid   finding.Code = "apiserver/invalid"
	CodeUnknown   finding.Code = "apiserver/unknown-field"
	CodeDuplicate finding.Code = "apiserver/duplicate"
)

// answer collects what is refused in one object.
type answer struct {
	object   *manifest.Object
	written  map[string]any
	root     reflect.Type
	refusals []refusal.Refusal
}

func (a *answer) add(code finding.Code, keys []string, problem, detail, fix string) {
	a.refusals = append(a.refusals, refusal.Refusal{Code: code, Severity: finding.Error, Keys: keys, Problem: problem, Detail: detail, Fix: fix})
}

// structure reports fields that the kind does not have, and values of the wrong type. It
// reports whether what is left can be decoded.
func (a *answer) structure(object map[string]any) bool {
	decodable := true
	for _, m := range manifest.Mismatches(a.root, object) {
		switch {
		case m.Keys[0] == "status" || slices.Equal(m.Keys, []string{"sops"}):
			// Flux takes both away: fluxcd/pkg, ssa/normalize, and what decrypts.
		case m.Unknown():
			a.unknown(m)
		case unfilled(m.Value):
			decodable = false
		default:
			a.mistyped(m)
			decodable = false
		}
	}
	return decodable
}

func (a *answer) unknown(m manifest.Mismatch) {
	problem, _, fix := m.Say(a.root, a.object.DisplayName())
	a.add(CodeUnknown, m.Keys, problem, dropped(a.object), fix)
}

// dropped says what becomes of a field that the kind does not have. Flux decodes objects of
// kinds that client-go has into their Go types and applies what is left; Role and ClusterRole
// it applies as they are (fluxcd/pkg, ssa/normalize, UnstructuredListWithScheme).
func dropped(o *manifest.Object) string {
	if o.Kind == "Role" || o.Kind == "ClusterRole" {
		return "server-side apply rejects the object for it"
	}
	return "Flux drops the field without a message, so it has no effect"
}

func (a *answer) mistyped(m manifest.Mismatch) {
	problem, detail, fix := m.Say(a.root, a.object.DisplayName())
	a.add(CodeInvalid, m.Keys, problem, detail, fix)
}

func (a *answer) undecodable(err error) {
	a.add(CodeInvalid, nil, fmt.Sprintf("%s cannot be decoded", a.object.DisplayName()), err.Error(), "correct it")
}

func (a *answer) duplicates(found []duplicate) {
	for _, d := range found {
		keys := append(slices.Clone(d.keys), strconv.Itoa(d.again))
		a.add(CodeDuplicate, keys, fmt.Sprintf("%s of %s repeats item %d", valid.DottedBare(keys), a.object.DisplayName(), d.first), "", "remove one of them")
	}
}

func (a *answer) validation(errs field.ErrorList) {
	for _, e := range errs {
		keys := keysOf(e.Field)
		if unfilled(at(a.written, keys)) || unfilled(e.BadValue) || a.told(keys) {
			continue
		}
		a.add(CodeInvalid, keys, fmt.Sprintf("%s of %s is rejected", valid.DottedBare(keys), a.object.DisplayName()), e.Error(), "correct it")
	}
}

// told reports whether something at or below a field, or around it, is refused already.
func (a *answer) told(keys []string) bool {
	return slices.ContainsFunc(a.refusals, func(r refusal.Refusal) bool {
		n := min(len(keys), len(r.Keys))
		return n > 0 && r.Code != CodeInvalid && slices.Equal(keys[:n], r.Keys[:n])
	})
}

// unfilled reports whether there is something in a value that is filled in later.
func unfilled(value any) bool {
	switch v := value.(type) {
	case string:
		return valid.Unfilled(v)
	case map[string]any:
		for key, below := range v {
			if valid.Unfilled(key) || unfilled(below) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, unfilled)
	}
	return false
}

// at is what keys lead to; nil when there is nothing.
func at(value any, keys []string) any {
	for _, key := range keys {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

func shown(value any) string {
	if text, is := value.(string); is {
		return strconv.Quote(text)
	}
	return fmt.Sprint(value)
}
