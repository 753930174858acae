package flux

import (
	"reflect"

	"github.com/fluxcd/pkg/envsubst"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
)

// filled is an object with what Flux's substitution writes into fields that hold no text,
// such as replicas: ${REPLICAS}, and whether there are some, where the variables are not
// known: the default that is written with one. What is not known then is left out, as is
// what a template or SOPS fills in.
func filled(t reflect.Type, object map[string]any) (any, bool) {
	var out any = object
	some := false
	for _, m := range manifest.Mismatches(t, object) {
		text, is := m.Value.(string)
		if m.Unknown() || !is || !manifest.Unfilled(text) {
			continue
		}
		some = true
		value, known := defaulted(text)
		if known {
			if with := manifest.With(out, m.Keys, value); fits(t, with, m.Keys) {
				out = with
				continue
			}
		}
		out = manifest.Without(out, m.Keys)
	}
	return out, some
}

// fits reports whether the value at keys fits its type, and can be counted if it is an amount.
func fits(t reflect.Type, object any, keys []string) bool {
	ok := true
	manifest.Walk(t, object, nil, func(t reflect.Type, value any, at []string) {
		if len(at) != len(keys) || manifest.Dotted(at) != manifest.Dotted(keys) {
			return
		}
		if text, is := value.(string); is && t == reflect.TypeFor[resource.Quantity]() {
			_, err := resource.ParseQuantity(text)
			ok = err == nil
		}
		ok = ok && len(manifest.Mismatches(t, value)) == 0
	})
	return ok
}

// defaulted is what Flux writes in the place of a text whose variables are not set, as YAML
// has it: 1 for ${REPLICAS:=1}. false says that one has no default.
func defaulted(text string) (any, bool) {
	out, err := envsubst.Eval(text, func(string) (string, bool) { return "", false })
	if err != nil || manifest.Unfilled(out) {
		return nil, false
	}
	var value any
	if err := yaml.Unmarshal([]byte(out), &value); err != nil {
		return nil, false
	}
	return value, value != nil
}
