package model

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"stillsuit.dev/generator/valid"
)

// Labels are labels of Kubernetes objects, by key: of nodes, of namespaces, or those that
// choose pods.
type Labels map[string]string

// Annotations are annotations of Kubernetes objects, by key.
type Annotations map[string]string

// Taints are taints of a node, by key: an effect, or a value and an effect.
type Taints map[string]string

// Share is a part in whole percent: 80%.
type Share string

// taints refuses keys and values that no taint has.
func taints(value any, keys []string) []valid.Problem {
	labels := map[string]any{}
	given, _ := value.(map[string]any)
	for key, taint := range given {
		text, _ := taint.(string)
		if of, _, both := strings.Cut(text, ":"); both {
			labels[key] = of
			continue
		}
		labels[key] = ""
	}
	return valid.Labels(labels, keys)
}

// duration refuses times that do not fit into 64 bits of nanoseconds; the schema sees to
// their form.
func duration(value any, keys []string) []valid.Problem {
	text, _ := value.(string)
	if _, err := time.ParseDuration(text); err == nil {
		return nil
	}
	return valid.TooLong(text, keys)
}

// rules are those for the fields of the schema that Kubernetes gets as they are.
func rules() valid.Rules {
	return valid.Rules{
		reflect.TypeFor[Labels]():      valid.Labels,
		reflect.TypeFor[Annotations](): valid.Annotations,
		reflect.TypeFor[Taints]():      taints,
		reflect.TypeFor[Share]():       valid.Share,
		reflect.TypeFor[Duration]():    duration,
	}
}

// decode decodes the value at a path, and reports what Kubernetes refuses in it.
func (l *loader) decode(raw json.RawMessage, at Path, into any) error {
	var value map[string]any
	if err := decodeAny(raw, &value); err != nil {
		return err
	}
	problems := rules().Find(reflect.TypeOf(into), value, at...)
	if len(problems) == 0 {
		return decode(raw, into)
	}
	r := Reporter{Places: l.places}
	r.Refused(nil, problems)
	for i, p := range problems {
		problems[i].Keys = p.Keys[len(at):]
	}
	l.findings = append(l.findings, r.Findings...)
	raw, err := json.Marshal(valid.Known(value, problems))
	if err != nil {
		return err
	}
	return decode(raw, into)
}
