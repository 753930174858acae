package builtin

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
)

// problem is one error of the API server's validation.
type problem struct {
	*answer
	*field.Error
	keys []string
}

// consequence reports whether an error is only what follows from something else: from a
// value that is filled in later, or from one that is reported already.
func (a *answer) consequence(p problem) bool {
	last := ""
	if len(p.keys) > 0 {
		last = p.keys[len(p.keys)-1]
	}
	switch {
	case unfilled(manifest.At(a.written, p.keys)) || unfilled(p.BadValue):
		return true
	case p.Type == field.ErrorTypeDuplicate || p.Detail == "must be unique":
		return a.twice(p.keys)
	case p.Detail == "invalid label selector": // its labels say why
		return true
	case p.Type != field.ErrorTypeDuplicate && a.misspelt(p.keys):
		return true
	case slices.ContainsFunc(a.guessed, func(guess []string) bool {
		return len(p.keys) >= len(guess) && slices.Equal(guess, p.keys[:len(guess)]) && manifest.At(a.written, guess) == nil
	}):
		return true
	case slices.Contains(p.keys, "requests") && manifest.At(a.written, p.keys) == nil && a.refuses(limitOf(p.keys)...):
		return true // the API server takes requests that are not said from the limits
	case strings.HasPrefix(p.Detail, mismatch):
		selector := a.selector(p.keys)
		if manifest.At(a.written, p.keys[:len(p.keys)-2]) == nil { // there is no template
			return false
		}
		return unfilled(manifest.At(a.written, selector)) || manifest.At(a.written, selector) == nil || a.refuses(selector...) || a.refuses(p.keys...)
	case p.Type == field.ErrorTypeNotFound && last == "name" && slices.Contains(p.keys, "volumeMounts"):
		return slices.Contains(a.volumes(p.keys), fmt.Sprint(p.BadValue)) || a.volumeless(p)
	case p.object.Kind == "Secret" && p.Type == field.ErrorTypeRequired && a.lacksKeys(p.keys):
		return true
	case a.partial && a.refuses(p.keys...): // a value of the wrong type is left out
		return true
	case p.Type == field.ErrorTypeRequired && a.refusesAround(p.keys):
		return true
	}
	return false
}

// mismatch is how the API server starts to say that pods are not found by their selector.
const mismatch = "`selector` does not match"

// misspelt reports whether a block has a field that its type does not have: what is said of
// the whole block follows from that.
func (a *answer) misspelt(keys []string) bool {
	return slices.ContainsFunc(a.refusals, func(r refusal.Refusal) bool {
		return r.Code == CodeUnknown && len(r.Keys) == len(keys)+1 && slices.Equal(r.Keys[:len(keys)], keys)
	})
}

// limitOf are the keys of the limit that belongs to a request.
func limitOf(request []string) []string {
	keys := slices.Clone(request)
	keys[slices.Index(keys, "requests")] = "limits"
	return keys
}

// twice reports whether the item that keys lead into is refused for being one of two already.
func (a *answer) twice(keys []string) bool {
	for _, r := range a.refusals {
		if r.Code == CodeDuplicate && len(r.Keys) <= len(keys) && slices.Equal(r.Keys, keys[:len(r.Keys)]) {
			return true
		}
	}
	return false
}

// refusesAround reports whether a block that a missing field belongs to is refused itself.
func (a *answer) refusesAround(keys []string) bool {
	for n := 1; n < len(keys); n++ {
		if a.repeats(keys[:n]) && manifest.At(a.written, keys[:n]) == nil {
			return true
		}
	}
	return false
}

// selector leads to the selector that belongs to the labels of a pod template.
func (a *answer) selector(labels []string) []string {
	i := slices.Index(labels, "template")
	if i < 0 {
		return []string{"spec", "selector"}
	}
	return append(slices.Clone(labels[:i]), "selector")
}

// volumes are the names of the volumes of the pod that keys lead into.
func (a *answer) volumes(keys []string) []string {
	for i := len(keys) - 1; i >= 0; i-- {
		if strings.HasSuffix(strings.ToLower(keys[i]), "containers") {
			return append(names(manifest.At(a.written, append(slices.Clone(keys[:i]), "volumes"))), names(manifest.At(a.written, []string{"spec", "volumeClaimTemplates"}))...)
		}
	}
	return nil
}

// volumeless reports whether the volume that a mount names is reported already, for another
// mount of the pod, or as one of volumes that are no list.
func (a *answer) volumeless(p problem) bool {
	volumes := volumesOfPod(p.keys)
	return slices.ContainsFunc(a.refusals, func(r refusal.Refusal) bool {
		if len(r.With) == 1 && slices.Equal(r.With[0], volumes) {
			return manifest.At(a.written, append(slices.Clone(r.Keys[:len(r.Keys)-1]), "name")) == p.BadValue
		}
		return slices.Equal(r.Keys, volumes)
	})
}

// volumesOfPod lead to the volumes of the pod that keys lead into.
func volumesOfPod(keys []string) []string {
	for i := len(keys) - 1; i >= 0; i-- {
		if strings.HasSuffix(strings.ToLower(keys[i]), "containers") {
			return append(slices.Clone(keys[:i]), "volumes")
		}
	}
	return nil
}

// lacksKeys reports whether another key that a Secret of its type has to have is missing too,
// and reported.
func (a *answer) lacksKeys(keys []string) bool {
	return slices.ContainsFunc(a.refusals, func(r refusal.Refusal) bool {
		return len(r.Keys) == 2 && len(keys) == 2 && r.Keys[0] == "data" && keys[0] == "data" && manifest.At(a.written, r.Keys) == nil
	})
}

// names are those of the items of a list, or of their metadata.
func names(list any) []string {
	items, _ := list.([]any)
	var out []string
	for _, item := range items {
		fields, _ := item.(map[string]any)
		if metadata, is := fields["metadata"].(map[string]any); is {
			fields = metadata
		}
		if name, is := fields["name"].(string); is {
			out = append(out, name)
		}
	}
	return out
}

// report puts the error into words.
func (p problem) report() {
	for _, rule := range rules() {
		if said, ok := rule(p); ok {
			p.add(CodeInvalid, said.keys(p.keys), said.problem, said.detail, said.fix)
			last := &p.refusals[len(p.refusals)-1]
			last.Severity, last.With = cmp.Or(said.severity, finding.Error), said.with
			return
		}
	}
	said := p.generally()
	p.add(CodeInvalid, p.keys, said.problem, said.detail, said.fix)
}

// said is an error in words. at leads further down than the error's own keys.
type said struct {
	problem, detail, fix string
	at                   []string
	with                 [][]string       // fields that the one does not agree with
	severity             finding.Severity // an error where it is not said
}

func (s said) keys(from []string) []string {
	if s.at != nil {
		return s.at
	}
	return from
}

// field is where the error is, as a sentence has it: spec.replicas of Deployment home/web.
func (p problem) field() string { return p.fieldAt(p.keys) }

func (p problem) fieldAt(keys []string) string {
	if len(keys) == 0 {
		return p.name()
	}
	return manifest.Dotted(keys) + " of " + p.name()
}

// last is the name of the field, or of the list that an item is in.
func (p problem) last() string {
	for i := len(p.keys) - 1; i >= 0; i-- {
		if _, err := strconv.Atoi(p.keys[i]); err != nil {
			return p.keys[i]
		}
	}
	return p.Field
}

// value is what is written in the field, as a sentence has it; "" where that is no one value.
func (p problem) value() string {
	if manifest.Sensitive(p.written, p.keys) {
		return ""
	}
	value := manifest.At(p.written, p.keys)
	if value == nil {
		value = p.BadValue
	}
	return quoted(value)
}

func quoted(value any) string {
	switch v := value.(type) {
	case nil, map[string]any, []any:
		return ""
	case string:
		if runes := []rune(v); len(runes) > 70 {
			return strconv.Quote(string(runes[:70])) + "…"
		}
		return strconv.Quote(v)
	case bool, int, int32, int64, float64, uint64:
		return fmt.Sprint(v)
	case fmt.Stringer:
		return v.String()
	}
	if text := fmt.Sprint(value); len(text) < 40 && !strings.ContainsAny(text, "{[&") {
		return text
	}
	return ""
}

// owner says whose field it is, shorter than field: container main of Deployment home/web.
func (p problem) owner() string {
	for i := len(p.keys) - 2; i >= 0; i-- {
		what, known := map[string]string{"containers": "container", "initContainers": "init container", "ephemeralContainers": "ephemeral container", "volumes": "volume"}[p.keys[i]]
		if !known {
			continue
		}
		item, _ := manifest.At(p.written, p.keys[:i+2]).(map[string]any)
		if name, is := item["name"].(string); is && name != "" {
			return what + " " + name + " of " + p.name()
		}
	}
	return p.name()
}
