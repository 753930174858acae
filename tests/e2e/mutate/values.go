package mutate

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

// variant is another value for a field, and what is odd about it.
type variant struct {
	how   string
	value any
}

// variants are the values that a field of a schema is given in turn.
func (s *Schemas) variants(of *Schema, has any) []variant {
	of = s.resolve(of)
	switch of.form() {
	case text:
		return texts(of, has)
	case moment:
		return []variant{{"date only", "2026-01-02"}, {"no time", "yesterday"}, {"number", int64(1)}, {"time", "2026-01-02T03:04:05Z"}}
	case binary:
		return []variant{{"no base64", "***"}, {"base64", "eA=="}, {"number", int64(1)}, {"empty", ""}}
	case integer:
		return append(bounds(of),
			variant{"negative", int64(-1)}, variant{"zero", int64(0)}, variant{"one", int64(1)}, variant{"seventy thousand", int64(70_000)},
			variant{"beyond 32 bits", int64(1) << 31}, variant{"fraction", 1.5}, variant{"text", "1"}, variant{"word", "many"})
	case decimal:
		return []variant{{"negative", -1.5}, {"text", "1.5"}, {"fraction", 0.5}}
	case quantity:
		return []variant{
			{"negative", "-1"}, {"zero", "0"}, {"bad unit", "1x"}, {"number", int64(2)}, {"fraction", 0.5},
			{"milli", "1500m"}, {"empty", ""}, {"flag", true}, {"large", "9E"},
		}
	case share:
		return []variant{
			{"negative", int64(-1)}, {"zero", int64(0)}, {"seventy thousand", int64(70_000)}, {"text", "3"}, {"word", "many"}, {"capitals", "Http_1"},
			{"percentage", "50%"}, {"beyond all", "101%"}, {"negative percentage", "-1%"}, {"flag", true}, {"beyond 32 bits", int64(1) << 31},
		}
	case boolean:
		was, _ := has.(bool)
		return []variant{{"other", !was}, {"text", "true"}, {"number", int64(1)}}
	case list:
		return append(s.lists(of, has), variant{"text", "x"}, variant{"object", map[string]any{"a": "b"}})
	case dictionary:
		return append(s.dictionaries(of, has), variant{"text", "x"}, variant{"list", []any{"x"}})
	case object:
		return []variant{{"empty", map[string]any{}}, {"text", "x"}, {"list", []any{}}, {"number", int64(1)}}
	}
	return []variant{{"text", "x"}, {"number", int64(1)}}
}

// bounds are integers at the limits that a schema sets, and beyond them.
func bounds(of *Schema) []variant {
	var out []variant
	if of.Minimum != nil {
		out = append(out, variant{"least", int64(*of.Minimum)}, variant{"less than the least", int64(*of.Minimum) - 1})
	}
	if of.Maximum != nil {
		out = append(out, variant{"most", int64(*of.Maximum)}, variant{"more than the most", int64(*of.Maximum) + 1})
	}
	return out
}

// texts are strings that some field or other does not take.
func texts(of *Schema, has any) []variant {
	out := []variant{
		{"empty", ""}, {"word", "x"}, {"space", "a b"}, {"dash in front", "-a"}, {"capitals", "Some_Name"}, {"dots", "a.b"},
		{"slash", "a/b"}, {"absolute", "/a"}, {"parent", "../a"}, {"other letters", "ü"}, {"digits", "1"}, {"colon", "a:b"},
		{"64 letters", strings.Repeat("a", 64)}, {"254 letters", strings.Repeat("a", 254)},
		{"number", int64(5)}, {"flag", true}, {"list", []any{"x"}}, {"object", map[string]any{"a": "b"}},
	}
	if of.MaxLength != nil {
		out = append(out, variant{"longest", strings.Repeat("a", *of.MaxLength)}, variant{"longer than the longest", strings.Repeat("a", *of.MaxLength+1)})
	}
	for _, value := range of.Enum {
		if value != has {
			out = append(out, variant{"other choice", value})
		}
	}
	if word, ok := has.(string); ok && word != "" {
		out = append(out, variant{"other case", swapped(word)}, variant{"suffix", word + "x"})
	}
	return out
}

// swapped is a word with the case of its first letter changed.
func swapped(word string) string {
	first := word[:1]
	if lower := strings.ToLower(first); lower != first {
		return lower + word[1:]
	}
	return strings.ToUpper(first) + word[1:]
}

func (s *Schemas) lists(of *Schema, has any) []variant {
	items, _ := has.([]any)
	least := s.least(of.Items, 3)
	out := []variant{{"empty", []any{}}, {"null item", append(slices.Clone(items), nil)}, {"added item", append(slices.Clone(items), least)}}
	if len(items) > 0 {
		out = append(out,
			variant{"duplicate", append(slices.Clone(items), runtime.DeepCopyJSONValue(items[0]))},
			variant{"without the first", slices.Clone(items[1:])})
	} else {
		out = append(out, variant{"duplicate", []any{least, runtime.DeepCopyJSONValue(least)}})
	}
	if of.MaxItems != nil {
		out = append(out, variant{"too many items", slices.Repeat([]any{least}, *of.MaxItems+1)})
	}
	if s.resolve(of.Items).form() == object {
		return append(out, variant{"empty item", append(slices.Clone(items), map[string]any{})}, variant{"text item", append(slices.Clone(items), "x")})
	}
	return append(out, variant{"object item", append(slices.Clone(items), map[string]any{"a": "b"})}, variant{"number item", append(slices.Clone(items), int64(5))})
}

func (s *Schemas) dictionaries(of *Schema, has any) []variant {
	entries, _ := has.(map[string]any)
	with := func(key string, value any) map[string]any {
		out := map[string]any{}
		for k, v := range entries {
			out[k] = v
		}
		out[key] = value
		return out
	}
	values := s.resolve(of.Additional.Schema)
	sound := s.least(values, 2)
	out := []variant{{"empty", map[string]any{}}}
	for _, key := range []struct{ how, key string }{
		{"word as key", "x"}, {"empty key", ""}, {"dash in front of the key", "-a"}, {"space in the key", "a b"}, {"capital prefix of the key", "A_b/x"},
		{"two slashes in the key", "a/b/c"}, {"key of 64 letters", strings.Repeat("k", 64)}, {"key of 254 letters", strings.Repeat("k", 254)}, {"key of another domain", "example.com/x"},
	} {
		out = append(out, variant{key.how, with(key.key, sound)})
	}
	for _, v := range s.variants(values, nil) {
		out = append(out, variant{"value: " + v.how, with("x", v.value)})
	}
	return append(out, variant{"null value", with("x", nil)})
}
