package validity

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/valid"
)

// reader reads the fields that many objects have: numbers, labels and selectors.
type reader struct{ problems }

// count reads a number of pods.
func (r *reader) count(keys []string, n *int32) {
	if n != nil && *n < 0 {
		r.refuse(keys, *n, "a number of pods is 0 or more", "write the number that you want")
		if p := &r.found[len(r.found)-1]; *n == valid.UnknownCount {
			p.Reported, p.Problem = true, valid.DottedBare(keys)+" of "+r.object.DisplayName()+" is no number of pods"
		}
	}
}

func (r *reader) job(keys []string, j *batchv1.JobSpec) {
	r.count(valid.Below(keys, "parallelism"), j.Parallelism)
	r.count(valid.Below(keys, "completions"), j.Completions)
	r.selector(valid.Below(keys, "selector"), j.Selector)
}

// rolling reads how many pods a rolling update may add, and how many it may take away.
func (r *reader) rolling(keys []string, surge, unavailable *intstr.IntOrString) {
	r.share(valid.Below(keys, "rollingUpdate", "maxSurge"), surge)
	r.share(valid.Below(keys, "rollingUpdate", "maxUnavailable"), unavailable)
}

// share reads a number of pods or a part of them.
func (r *reader) share(keys []string, v *intstr.IntOrString) {
	if v == nil {
		return
	}
	const accepted = "it is a number of pods from 0, such as 1, or a share of them, such as 25%"
	if v.Type == intstr.Int {
		if v.IntVal < 0 {
			r.refuse(keys, v.IntVal, accepted, "write one of both")
		}
		return
	}
	// As the API server reads it (pkg/apis/apps/validation, ValidatePositiveIntOrPercent).
	if len(validation.IsValidPercent(v.StrVal)) > 0 {
		r.refuse(keys, v.StrVal, accepted, "write one of both")
		if p := &r.found[len(r.found)-1]; v.StrVal == valid.UnknownShare {
			p.Reported, p.Problem = true, valid.DottedBare(keys)+" of "+r.object.DisplayName()+" is too large"
		}
	}
}

// selector reads a label selector.
func (r *reader) selector(keys []string, s *metav1.LabelSelector) {
	if s == nil {
		return
	}
	r.set(valid.Below(keys, "matchLabels"), s.MatchLabels)
	for i, e := range s.MatchExpressions {
		at := valid.Below(keys, "matchExpressions", strconv.Itoa(i))
		r.key(valid.Below(at, "key"), e.Key)
		r.requirement(at, string(e.Operator), e.Values, "In", "NotIn", "Exists", "DoesNotExist")
		r.values(valid.Below(at, "values"), e.Values)
	}
}

// requirement reads an operator, and how many values it has.
func (r *reader) requirement(keys []string, operator string, values []string, known ...string) {
	if !slices.Contains(known, operator) {
		r.refuse(valid.Below(keys, "operator"), operator, "it is one of "+strings.Join(known, ", "), "write one of them")
		return
	}
	at := valid.Below(keys, "values")
	say := func(is, contrast, mend string) {
		r.add(at, valid.DottedBare(at)+" of "+r.object.DisplayName()+" "+is, contrast, mend)
	}
	switch operator {
	case "In", "NotIn":
		if len(values) == 0 {
			say("is empty", operator+" compares with at least one value", "name one, or write Exists")
		}
	case "Exists", "DoesNotExist":
		if len(values) > 0 {
			say("names values", operator+" takes none", "remove them, or write In")
		}
	default: // Gt, Lt
		if len(values) != 1 {
			say("names "+strconv.Itoa(len(values))+" values", operator+" compares with one", "write one whole number")
		} else if _, err := strconv.ParseInt(values[0], 10, 64); err != nil {
			r.refuse(valid.Below(at, "0"), values[0], operator+" compares whole numbers", "write one, such as \"4\"")
		}
	}
}

// carried reads the labels of pods: they are compared, whatever they are.
func (r *reader) carried(labels map[string]string) {
	for key, value := range labels {
		if !manifest.Unfilled(key + value) {
			r.key(nil, key)
			r.value(nil, value)
		}
	}
}

// set reads labels that a selector asks for.
func (r *reader) set(keys []string, labels map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		r.key(valid.Below(keys, name), name)
		r.value(valid.Below(keys, name), labels[name])
	}
}

func (r *reader) values(keys, values []string) {
	for i, v := range values {
		r.value(valid.Below(keys, strconv.Itoa(i)), v)
	}
}

// value reads the value of a label.
func (r *reader) value(keys []string, v string) { r.label(keys, v, validation.IsValidLabelValue(v)) }

// key reads the name of a label.
func (r *reader) key(keys []string, name string) {
	r.label(keys, name, validation.IsQualifiedName(name))
}

func (r *reader) label(keys []string, text string, wrong []string) {
	if len(wrong) == 0 {
		return
	}
	r.refuse(keys, text, "", "")
	p := &r.found[len(r.found)-1]
	p.Unfilled = manifest.Unfilled(text)
	p.Reported = !p.Unfilled
}
