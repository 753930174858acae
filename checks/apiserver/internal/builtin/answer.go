package builtin

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kube-aggregator/pkg/apis/apiregistration"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/valid"
)

// answer collects what is refused in one object.
type answer struct {
	object   *manifest.Object
	written  map[string]any
	root     reflect.Type
	refusals []refusal.Refusal
	// partial says that a value of the wrong type is left out, and what was meant is not known.
	partial bool
	// guessed are the fields that misspelt ones are taken for.
	guessed [][]string
}

// name is what sentences call the object.
func (a *answer) name() string { return a.object.DisplayName() }

func (a *answer) add(code finding.Code, keys []string, problem, detail, fix string) {
	a.refusals = append(a.refusals, refusal.Refusal{Code: code, Severity: finding.Error, Keys: keys, Problem: problem, Detail: detail, Fix: fix})
}

// structure reports fields that the kind does not have, and values of the wrong type. It
// returns the object as it was probably meant, so that what else is wrong with it can be
// told: with the names that were meant, and with values of the right type; false where
// that is not known.
func (a *answer) structure(object map[string]any) (meant map[string]any, known bool) {
	known = true
	for _, m := range manifest.Mismatches(a.root, object) {
		switch {
		case m.Keys[0] == "status" || slices.Equal(m.Keys, []string{"sops"}):
			// Flux takes both away: fluxcd/pkg, ssa/normalize, and what decrypts.
			object = without(object, m.Keys)
		case m.Unknown():
			object = a.unknown(object, m)
		case unfilled(m.Value):
			object = without(object, m.Keys)
		default:
			problem, detail, fix := m.Say(a.root, a.name())
			a.add(CodeInvalid, m.Keys, problem, detail, fix)
			value, sure := m.Right()
			known = known && sure
			object = with(object, m.Keys, value)
		}
	}
	return object, known
}

// unknown reports a field that the kind does not have. It returns the object with the field
// that was meant, where its value fits.
func (a *answer) unknown(object map[string]any, m manifest.Mismatch) map[string]any {
	problem, _, fix := m.Say(a.root, a.name())
	like := m.Meant()
	if word := translated(m); word != "" {
		like, fix = word, "write `"+word+"`"
	}
	switch {
	case m.Owner == selectorType:
		fix = "move it below `matchLabels`, or below `matchExpressions`"
	case m.Owner == backendType && like == "service": // extensions/v1beta1 had serviceName and servicePort
		like, fix = "", "write `service: {name: NAME, port: {number: PORT}}`"
	}
	a.add(CodeUnknown, m.Keys, problem, dropped(a.object), fix)
	object = without(object, m.Keys)
	meant := append(slices.Clone(m.Keys[:len(m.Keys)-1]), like)
	if like == "" || manifest.At(object, meant) != nil {
		return object
	}
	a.guessed = append(a.guessed, meant)
	renamed := with(object, meant, m.Value)
	for _, wrong := range manifest.Mismatches(a.root, renamed) {
		if len(wrong.Keys) >= len(meant) && slices.Equal(wrong.Keys[:len(meant)], meant) {
			return object
		}
	}
	return renamed
}

var backendType = reflect.TypeFor[networkingv1.IngressBackend]()

var selectorType = reflect.TypeFor[metav1.LabelSelector]()

// translated is the field that has another name where it is written, as people know it from
// elsewhere in Kubernetes or from Compose; "" for others.
func translated(m manifest.Mismatch) string {
	return map[string]string{
		"PersistentVolumeClaimVolumeSource name": "claimName",
		"SecretVolumeSource name":                "secretName",
		"ConfigMapVolumeSource configMapName":    "name",
		"Container environment":                  "env",
		"Container volumes":                      "volumeMounts",
		"Container entrypoint":                   "command",
		"Container pullPolicy":                   "imagePullPolicy",
		"ContainerPort port":                     "containerPort",
		"ServicePort containerPort":              "targetPort",
		"VolumeMount path":                       "mountPath",
		"PodSpec restart":                        "restartPolicy",
		"ServiceBackendPort port":                "number",
	}[m.Owner.Name()+" "+m.Keys[len(m.Keys)-1]]
}

// dropped says what becomes of a field that the kind does not have. Flux decodes objects of
// kinds that client-go has into their Go types and applies what is left; Role and ClusterRole
// it applies as they are (fluxcd/pkg, ssa/normalize, UnstructuredListWithScheme), as it does
// APIService, which client-go does not have.
func dropped(o *manifest.Object) string {
	if o.Kind == "Role" || o.Kind == "ClusterRole" || o.Group == apiregistration.GroupName {
		return "server-side apply rejects the object for it"
	}
	return "Flux drops the field without a message, so it has no effect"
}

func (a *answer) undecodable(err error) {
	a.add(CodeInvalid, nil, a.name()+" cannot be decoded", err.Error(), "correct it")
}

// validation reports what the API server's validation says.
func (a *answer) validation(errs field.ErrorList) {
	for _, e := range errs {
		p := problem{answer: a, Error: e, keys: a.precise(a.named(keysOf(e.Field)), e)}
		if a.consequence(p) || valid.StandsIn(manifest.At(a.written, p.keys)) {
			continue
		}
		if whole := a.present(p); len(whole) < len(p.keys) { // then all of it is missing
			p.keys, p.Error = whole, &field.Error{Type: field.ErrorTypeRequired, Field: e.Field}
		}
		if !a.repeats(p.keys) {
			p.report()
		}
	}
}

// precise are the keys of an error, and of the one item of a block or list that it is about,
// which the API server leaves out for labels.
func (a *answer) precise(keys []string, e *field.Error) []string {
	keys = a.indexed(keys, e)
	bad, is := e.BadValue.(string)
	if !is {
		return keys
	}
	block, is := manifest.At(a.written, keys).(map[string]any)
	if !is {
		return keys
	}
	found := ""
	for key, value := range block {
		if key == bad || value == e.BadValue {
			if found == "" || key < found {
				found = key
			}
		}
	}
	if found == "" {
		return keys
	}
	return append(keys, found)
}

// indexed are keys with the index of the one item of a list that has the rejected value, where
// the API server leaves it out.
func (a *answer) indexed(keys []string, e *field.Error) []string {
	if n := len(keys) - 1; n > 0 && keys[n-1] == "resources" && manifest.At(a.written, keys) == nil { // of a claim
		if requested := append(slices.Clone(keys[:n]), "requests", keys[n]); manifest.At(a.written, requested) != nil {
			keys = requested
		}
	}
	for n, key := range keys {
		if block, is := manifest.At(a.written, keys[:n]).(map[string]any); is && block[key] == nil {
			for name := range block { // spec.LoadBalancerSourceRanges
				if strings.EqualFold(name, key) {
					keys[n] = name
				}
			}
		}
		list, is := manifest.At(a.written, keys[:n]).([]any)
		if _, err := strconv.Atoi(key); !is || err == nil {
			continue
		}
		for i, item := range list {
			if value := manifest.At(item, keys[n:]); value != nil && fmt.Sprint(value) == fmt.Sprint(e.BadValue) {
				return slices.Concat(keys[:n], []string{strconv.Itoa(i)}, keys[n:])
			}
		}
	}
	return keys
}

// present are the keys of an error about something that is missing up to the first block
// that is not there: what has no spec lacks nothing else.
func (a *answer) present(p problem) []string {
	if p.Type != field.ErrorTypeRequired && !empty(p.BadValue) || p.object.Kind == "Secret" || strings.HasPrefix(p.Detail, mismatch) && manifest.At(a.written, p.keys[:len(p.keys)-2]) != nil {
		return p.keys
	}
	for n := 1; n < len(p.keys); n++ {
		if manifest.At(a.written, p.keys[:n]) == nil {
			return p.keys[:n]
		}
	}
	return p.keys
}

// repeats reports whether the same field is refused already.
func (a *answer) repeats(keys []string) bool {
	return slices.ContainsFunc(a.refusals, func(r refusal.Refusal) bool { return slices.Equal(r.Keys, keys) })
}

// refuses reports whether something at or below keys is refused already.
func (a *answer) refuses(keys ...string) bool {
	return slices.ContainsFunc(a.refusals, func(r refusal.Refusal) bool {
		return len(r.Keys) >= len(keys) && slices.Equal(r.Keys[:len(keys)], keys)
	})
}

func empty(value any) bool {
	if value == nil {
		return true
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	}
	return v.IsZero()
}

// unfilled reports whether there is something in a value that is filled in later.
func unfilled(value any) bool {
	switch v := value.(type) {
	case string:
		return manifest.Unfilled(v)
	case map[string]any:
		for key, below := range v {
			if manifest.Unfilled(key) || unfilled(below) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, unfilled)
	}
	return false
}

// with is an object with another value at keys, of which only the last may be new. What it
// is made from does not change.
func with(object map[string]any, keys []string, value any) map[string]any {
	out, _ := manifest.With(object, keys, value).(map[string]any)
	return out
}

// without is an object without what keys lead to.
func without(object map[string]any, keys []string) map[string]any {
	out, _ := manifest.Without(object, keys).(map[string]any)
	return out
}
