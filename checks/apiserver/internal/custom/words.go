package custom

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/valid"
)

// words says in plain words what is wrong with a value, which is there or missing. s is the
// schema of it, nil when there is none for it. who has the schema: the CRD.
func words(who, object string, keys []string, value any, there bool, s *schema.Structural, err *field.Error) refusal.Refusal {
	out := refusal.Refusal{Code: CodeInvalid, Severity: finding.Error, Keys: keys}
	at, name := valid.Dotted(keys)+" of "+object, ""
	if len(keys) == 0 {
		at = object
	} else {
		name = keys[len(keys)-1]
	}
	out.Problem = at + " is " + shown(value)
	if !there {
		out.Problem = object + " lacks " + valid.Dotted(keys)
	}
	switch err.Type {
	case field.ErrorTypeRequired:
		out.Detail = who + " requires it" + kindOfValue(s)
		out.Fix = fmt.Sprintf("add `%s:`%s", name, choices(s))
	case field.ErrorTypeTypeInvalid:
		if text, ok := value.(string); ok && s != nil && s.Type == "string" && s.ValueValidation != nil {
			out.Detail, out.Fix = fmt.Sprintf("%s wants the format %s", who, s.ValueValidation.Format), "correct "+shown(text)
			break
		}
		out.Problem += typed(value)
		out.Detail = who + " wants " + wanted(s, err.Detail)
		out.Fix = convert(name, value, s)
	case field.ErrorTypeNotSupported:
		allowed := enum(s, err.Detail)
		out.Detail = who + " allows " + finding.OneOf(allowed)
		out.Fix = "choose one of these"
		if like := choice(value, allowed); like != "" {
			out.Fix = fmt.Sprintf("write `%s: %s`", name, like)
		}
	case field.ErrorTypeTooLong:
		text, _ := value.(string)
		out.Problem = fmt.Sprintf("%s is %d characters long", at, len([]rune(text)))
		out.Detail, out.Fix = who+" "+atMost(err, "characters"), "shorten it"
	case field.ErrorTypeTooMany:
		out.Problem = fmt.Sprintf("%s has %d entries", at, entries(value))
		out.Detail, out.Fix = who+" "+atMost(err, "entries"), "remove some"
	case field.ErrorTypeDuplicate:
		out.Code = CodeDuplicate
		out.Problem, out.Detail = repeated(who, at, err.BadValue)
		out.Fix = "remove one, or give it another value"
	default:
		out.Detail, out.Fix = said(who, err.Detail), "correct it"
		if names := forms(s); len(names) > 1 && strings.Contains(err.Detail, "Of)") { // anyOf, oneOf
			out.Detail, out.Fix = who+" wants one of "+finding.All(names), "add one of them"
			if strings.HasSuffix(err.Detail, "valid alternatives") {
				out.Detail, out.Fix = who+" wants only one of "+finding.All(names), "keep one of them"
			}
		}
	}
	return out
}

// forms are the fields that the alternative forms of a value require, one of each; none when
// an alternative says something else.
func forms(s *schema.Structural) []string {
	if s == nil || s.ValueValidation == nil {
		return nil
	}
	var out []string
	for _, form := range slices.Concat(s.ValueValidation.AnyOf, s.ValueValidation.OneOf) {
		if len(form.Required) != 1 || len(form.Properties) > 0 || form.Items != nil {
			return nil
		}
		out = append(out, form.Required[0])
	}
	return out
}

// shown writes a value into a sentence, cut short.
func shown(value any) string {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	if text := []rune(string(b)); len(text) > 70 {
		return string(text[:70]) + "…"
	}
	return string(b)
}

// typed says which type a value has, for the end of a sentence.
func typed(value any) string {
	switch value.(type) {
	case string:
		return ", a string"
	case bool:
		return ", a boolean"
	case int64:
		return ", an integer"
	case float64:
		return ", a number"
	case []any:
		return ", a list"
	case map[string]any:
		return ", a map"
	}
	return ""
}

// wanted names the type that a schema wants.
func wanted(s *schema.Structural, detail string) string {
	if s != nil && s.XIntOrString {
		return "an integer or a string"
	}
	kind := ""
	if s != nil {
		kind = s.Type
	}
	if kind == "" { // spec.x in body must be of type integer: "string"
		_, kind, _ = strings.Cut(detail, "must be of type ")
		kind, _, _ = strings.Cut(kind, ":")
	}
	return map[string]string{"string": "a string", "boolean": "a boolean", "integer": "an integer", "number": "a number", "array": "a list", "object": "a map"}[kind]
}

// convert is how a value of another type is to be written.
func convert(name string, value any, s *schema.Structural) string {
	want := ""
	if s != nil {
		want = s.Type
	}
	if value == nil { // null is a value, which server-side apply keeps
		return "write a value, or remove the field"
	}
	text, _ := value.(string)
	switch _, list := value.([]any); want {
	case "integer":
		if _, err := strconv.ParseInt(text, 10, 64); err == nil {
			return fmt.Sprintf("write `%s: %s`, without quotes", name, text)
		}
		return "write a whole number"
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return fmt.Sprintf("write `%s: %s`, without quotes", name, text)
		}
	case "boolean":
		if b, err := strconv.ParseBool(text); err == nil {
			return fmt.Sprintf("write `%s: %t`, without quotes", name, b)
		}
		return "write true or false"
	case "string":
		switch value.(type) {
		case int64, float64, bool:
			return fmt.Sprintf("write `%s: %q`, in quotes", name, shown(value))
		}
	case "array":
		if _, scalar := value.(map[string]any); !scalar {
			return fmt.Sprintf("write `%s: [%s]`", name, shown(value))
		}
		return "write a list: one `- ` before each item"
	case "object":
		if list {
			return "write a map, without `- ` before the keys"
		}
		return "write a map, with one key on each line"
	}
	return "correct it"
}

// kindOfValue says what a field that is missing holds, for the end of a sentence.
func kindOfValue(s *schema.Structural) string {
	if kind := wanted(s, ""); kind != "" {
		return ": " + kind
	}
	return ""
}

// choices are the few values that a field may have, for the end of a sentence.
func choices(s *schema.Structural) string {
	if s == nil || s.ValueValidation == nil || len(s.ValueValidation.Enum) == 0 || len(s.ValueValidation.Enum) > 8 {
		return ""
	}
	return ", which is " + finding.OneOf(enum(s, ""))
}

// enum are the values that a schema allows, or those that an error lists: supported values:
// "A", "B".
func enum(s *schema.Structural, detail string) []string {
	var out []string
	if s != nil && s.ValueValidation != nil {
		for _, v := range s.ValueValidation.Enum {
			out = append(out, strings.Trim(shown(v.Object), `"`))
		}
	}
	if len(out) == 0 {
		for v := range strings.SplitSeq(strings.TrimPrefix(detail, "supported values: "), ", ") {
			out = append(out, strings.Trim(v, `"`))
		}
	}
	return out
}

// choice is the allowed value that is plausibly meant: one that is like it, or the only one
// that it is a part of.
func choice(value any, allowed []string) string {
	text, _ := value.(string)
	if like := finding.Suggest(text, allowed); like != "" || len(text) < 3 {
		return like
	}
	parts := slices.DeleteFunc(slices.Clone(allowed), func(a string) bool { return !strings.Contains(strings.ToLower(a), strings.ToLower(text)) })
	if len(parts) == 1 {
		return parts[0]
	}
	return ""
}

// entries is how many a list or a map has.
func entries(value any) int {
	switch v := value.(type) {
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return 0
}

// atMost says the bound of an error: may not be more than 63 bytes, must have at most 8 items.
func atMost(err *field.Error, of string) string {
	for word := range strings.FieldsSeq(err.Detail) {
		if _, number := strconv.Atoi(word); number == nil {
			return "allows at most " + word + " " + of
		}
	}
	return "does not allow so many " + of
}

// repeated says what an item repeats: an item of a set, or keys of a map.
func repeated(who, at string, value any) (problem, detail string) {
	keys, ok := value.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s repeats %s", at, shown(value)), who + " wants each item of the list once"
	}
	var named []string
	for name := range keys {
		named = append(named, name+" "+shown(keys[name]))
	}
	slices.Sort(named)
	if len(named) == 0 {
		return at + " is a second item without the key of the list", "the list is a map by its key, and each item needs another one"
	}
	return fmt.Sprintf("%s repeats %s", at, finding.All(named)), "an item before it in the list has the same, and server-side apply tells items apart by that"
}
