package flux

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// disabled is the label or annotation that keeps Flux from replacing ${NAME} in an object.
const disabled = "kustomize.toolkit.fluxcd.io/substitute"

// unsettled is a text in which Flux would replace something and fails.
type unsettled struct {
	keys                 []string
	problem, detail, fix string
}

// substitution is one replacement of variables in an object.
type substitution struct {
	*variables
	kept   map[string]string // texts that stay as they are, since a variable is not known, by what stands for them
	unset  []string          // variables that nothing sets
	at     []string          // where the first of them is
	failed []unsettled
}

// substituted is an object as Flux has it after it replaced the variables, which it does in the
// YAML that kustomize prints: a text that becomes a number is one. A text with a variable
// whose value is not known stays as it is written.
func (v *variables) substituted(object any) (any, []unsettled) {
	if v == nil || isDisabled(object) {
		return object, nil
	}
	if !v.replaces() {
		return object, v.literal(object)
	}
	s := &substitution{variables: v, kept: map[string]string{}}
	if !s.asks(object) {
		return object, nil
	}
	masked := s.masked(object, nil)
	if len(s.unset) > 0 {
		slices.Sort(s.unset)
		s.failed = append(s.failed, s.missing(slices.Compact(s.unset)))
	}
	printed, err := yaml.Marshal(masked)
	if err != nil {
		return object, nil // what reads it says so
	}
	out, err := envsubst.Eval(string(printed), func(name string) (string, bool) {
		value, set := v.values[name]
		return value, set || v.lenient
	})
	var filled any
	if err == nil {
		var data []byte
		if data, err = yaml.YAMLToJSON([]byte(out)); err == nil {
			numbers := json.NewDecoder(bytes.NewReader(data))
			numbers.UseNumber() // as they are written
			err = numbers.Decode(&filled)
		}
	}
	if err != nil {
		s.failed = append(s.failed, unsettled{nil, fmt.Sprintf("the object is no YAML once Flux replaced its variables, by Flux Kustomization %s", v.unit), "", "write values that keep it YAML"})
		return object, s.failed
	}
	return s.unmasked(filled), s.failed
}

// literal finds the variables in an object of a unit without any, where the API server then
// refuses the text: in place of a number or a boolean, in a name, in an image.
func (v *variables) literal(object any) []unsettled {
	fields, _ := object.(map[string]any)
	apiVersion, _ := fields["apiVersion"].(string)
	kind, _ := fields["kind"].(string)
	into, err := scheme.Scheme.New(schema.FromAPIVersionAndKind(apiVersion, kind))
	if err != nil {
		return nil // of another kind nothing is known
	}
	var at [][]string
	for _, m := range manifest.Mismatches(reflect.TypeOf(into), fields) {
		if text, is := m.Value.(string); is && !m.Unknown() && strings.Contains(text, "${") {
			at = append(at, m.Keys)
		}
	}
	for _, keys := range [][]string{{"metadata", "name"}, {"metadata", "namespace"}} {
		if text, _ := manifest.At(object, keys).(string); strings.Contains(text, "${") {
			at = append(at, keys)
		}
	}
	manifest.Walk(reflect.TypeOf(into), fields, nil, func(t reflect.Type, value any, keys []string) {
		container, _ := value.(map[string]any)
		if image, _ := container["image"].(string); t == reflect.TypeFor[corev1.Container]() && strings.Contains(image, "${") {
			at = append(at, append(slices.Clone(keys), "image"))
		}
	})
	if len(at) == 0 {
		return nil
	}
	text, _ := manifest.At(object, at[0]).(string)
	return []unsettled{{
		at[0], fmt.Sprintf("%s is %s, which Flux does not replace: Flux Kustomization %s sets no variable in postBuild", manifest.Dotted(at[0]), text, v.unit),
		"the API server refuses it as it is written, and Flux applies nothing of the unit then",
		fmt.Sprintf("add the variable to `postBuild.substitute` of Flux Kustomization %s", v.unit),
	}}
}

func isDisabled(object any) bool {
	for _, field := range []string{"labels", "annotations"} {
		if manifest.At(object, []string{"metadata", field, disabled}) == "disabled" {
			return true
		}
	}
	return false
}

// asks reports whether any text has a variable.
func (s *substitution) asks(value any) bool {
	switch value := value.(type) {
	case string:
		return strings.Contains(value, "${")
	case []any:
		return slices.ContainsFunc(value, s.asks)
	case map[string]any:
		for key, below := range value {
			if s.asks(key) || s.asks(below) {
				return true
			}
		}
	}
	return false
}

// masked is a value in which something else stands for each text that Flux cannot replace here.
func (s *substitution) masked(value any, keys []string) any {
	switch value := value.(type) {
	case string:
		return s.mask(value, keys)
	case []any:
		out := make([]any, len(value))
		for i, below := range value {
			out[i] = s.masked(below, append(slices.Clone(keys), strconv.Itoa(i)))
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			out[s.mask(key, keys)] = s.masked(value[key], append(slices.Clone(keys), key))
		}
		return out
	}
	return value
}

// missing says that variables are not set.
func (s *substitution) missing(names []string) unsettled {
	problem := fmt.Sprintf("the variable %s is not set: Flux Kustomization %s does not have it in postBuild", names[0], s.unit)
	if len(names) > 1 {
		problem = fmt.Sprintf("the variables %s are not set: Flux Kustomization %s does not have them in postBuild", finding.All(names), s.unit)
	}
	return unsettled{
		s.at, problem, "Flux applies nothing of the unit then: variable not set (strict mode)",
		fmt.Sprintf("add %s to `postBuild.substitute`, give it a default as in `${%s:=VALUE}`, or write `$${%s}` where the text is not for Flux", names[0], names[0], names[0]),
	}
}

func (s *substitution) mask(text string, keys []string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	unknown, unset := false, ""
	_, err := envsubst.Eval(text, func(name string) (string, bool) {
		value, set := s.values[name]
		switch {
		case s.unknown[name] != "":
			unknown = true
			return "", true
		case !set && unset == "":
			unset = name
		}
		return value, set || s.lenient && s.open == ""
	})
	switch {
	case unknown:
	case err == nil:
		return text
	case unset != "" && s.open != "": // it may be set there
	case unset != "":
		if s.unset = append(s.unset, unset); s.at == nil {
			s.at = keys
		}
	default:
		s.failed = append(s.failed, unsettled{
			keys, "Flux cannot read the variable in this text", "it applies nothing of the unit then: " + strings.TrimSpace(err.Error()),
			"write `$${` where the text is not for Flux, or label the object `" + disabled + ": disabled`",
		})
	}
	token := fmt.Sprintf("unknown-%d-of-flux", len(s.kept))
	s.kept[token] = text
	return token
}

// unmasked puts the texts back that something else stands for.
func (s *substitution) unmasked(value any) any {
	switch value := value.(type) {
	case string:
		if text, is := s.kept[value]; is {
			return text
		}
	case []any:
		for i := range value {
			value[i] = s.unmasked(value[i])
		}
	case map[string]any:
		out := map[string]any{}
		for key, below := range value {
			if text, is := s.kept[key]; is {
				key = text
			}
			out[key] = s.unmasked(below)
		}
		return out
	}
	return value
}

// unsettled reports, at their texts, the variables of an object that Flux cannot replace.
func (r *reader) unsettled(o *manifest.Object, all []unsettled) {
	if r.objects[o.ID] != o || r.component { // once more, or not as it will be
		return
	}
	for _, u := range all {
		at := inventory.Spot{Object: o, Keys: u.keys}
		place, _ := r.places.Locate(at)
		r.found(at, finding.Finding{Code: "foreign/substitution", Severity: finding.Error, Place: place, Problem: u.problem, Detail: u.detail, Fix: u.fix})
	}
}
