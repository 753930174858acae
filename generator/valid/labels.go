package valid

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Labels refuses keys and values that no label has (apimachinery, apis/meta/v1/validation,
// ValidateLabels; api/validation, ValidateAnnotations, for annotations' keys).
func Labels(value any, keys []string) []Problem {
	var out []Problem
	labels, _ := value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, labelKey(key, Below(keys, key))...)
		if text, ok := labels[key].(string); ok { // what is no text does not fit its type
			out = append(out, labelValue(text, Below(keys, key))...)
		}
	}
	return out
}

// Annotations refuses keys that no annotation has.
func Annotations(value any, keys []string) []Problem {
	var out []Problem
	annotations, _ := value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		out = append(out, labelKey(strings.ToLower(key), Below(keys, key))...)
	}
	return out
}

func labelKey(key string, keys []string) []Problem {
	if len(validation.IsQualifiedName(key)) == 0 {
		return nil
	}
	return []Problem{{
		Code: codeLabel, Keys: keys, Value: key, Problem: quote(key) + " is not a valid key of a label, taint or annotation",
		Fix: "write up to 63 letters, digits, dashes, underscores and dots, with a letter or digit at both ends; a DNS name and a slash may come first",
	}}
}

func labelValue(value string, keys []string) []Problem {
	if len(validation.IsValidLabelValue(value)) == 0 {
		return nil
	}
	return problem(codeLabel, keys, value, "is not a valid label value", "write up to 63 letters, digits, dashes, underscores and dots, with a letter or digit at both ends")
}

// requirement refuses keys and values of a selector's expression that no label has.
func requirement(value any, keys []string) []Problem {
	if slices.Contains(keys, "matchFields") { // of the object, and not of its labels
		return nil
	}
	return keyAndValues(value, keys, "key", "topologyKey")
}

// ofNodes is requirement for what chooses nodes. The API server does not look at the values of
// a preferred term (k8s.io/kubernetes, pkg/apis/core/validation, ValidatePreferredSchedulingTerms);
// kube-scheduler parses all terms before it scores several nodes, and fails
// (pkg/scheduler/framework/plugins/nodeaffinity, PreScore).
func ofNodes(value any, keys []string) []Problem {
	found := requirement(value, keys)
	if slices.Contains(keys, "preferredDuringSchedulingIgnoredDuringExecution") {
		unread(found, "is not a valid label value: kube-scheduler cannot read the preference, and the pods stay Pending where several nodes could take them")
	}
	return found
}

// topology refuses the key of a topology's label. The API server does not look at the values
// (k8s.io/kubernetes, pkg/apis/core/validation, validateTopologySelectorLabelRequirement).
func topology(value any, keys []string) []Problem {
	found := requirement(value, keys)
	unread(found, "no node can have as the value of a label, so no volume is made there")
	return found
}

// selector is rule for what chooses objects by their labels. The API server does not look at the
// labels of a metric (k8s.io/kubernetes, pkg/apis/autoscaling/validation,
// validateMetricIdentifier), by which the metrics server then finds nothing.
func selector(rule Rule) Rule {
	return func(value any, keys []string) []Problem {
		found := rule(value, keys)
		for i := range found {
			found[i].Accepted = found[i].Accepted || slices.Contains(keys, "metric")
		}
		return found
	}
}

// unread changes the problems of values that the API server does not look at.
func unread(found []Problem, why string) {
	for i := range found {
		if p := &found[i]; len(p.Keys) > 1 && p.Keys[len(p.Keys)-2] == "values" {
			p.Accepted, p.Problem = true, says(p.Keys, p.Value, why)
		}
	}
}

// spread warns of the key of a spread constraint that no node has, which the API server does
// not look at (k8s.io/kubernetes, pkg/apis/core/validation, ValidateTopologyKey): it wants one.
func spread(value any, keys []string) []Problem {
	fields, _ := value.(map[string]any)
	key, _ := fields["topologyKey"].(string)
	if key == "" || len(validation.IsQualifiedName(key)) == 0 {
		return nil
	}
	why := "no node can have as the key of a label, so the pods stay Pending"
	if fields["whenUnsatisfiable"] == "ScheduleAnyway" {
		why = "no node can have as the key of a label, so it spreads nothing"
	}
	at := Below(keys, "topologyKey")
	return []Problem{{Code: codeLabel, Keys: at, Value: key, Accepted: true, Problem: says(at, key, why), Fix: "write the key of a label that the nodes have, such as `kubernetes.io/hostname`"}}
}

// keyAndValues refuses what the fields of those names, and values and value, hold.
func keyAndValues(value any, keys []string, names ...string) []Problem {
	var out []Problem
	fields, _ := value.(map[string]any)
	for _, name := range names {
		if key, _ := fields[name].(string); key != "" {
			out = append(out, labelKey(key, Below(keys, name))...)
		}
	}
	if text, ok := fields["value"].(string); ok {
		out = append(out, labelValue(text, Below(keys, "value"))...)
	}
	values, _ := fields["values"].([]any)
	for i := range values {
		if text, ok := values[i].(string); ok {
			out = append(out, labelValue(text, Below(keys, "values", strconv.Itoa(i)))...)
		}
	}
	return out
}

// field applies a rule to one field.
func field(name string, rule Rule) Rule {
	return func(value any, keys []string) []Problem {
		fields, _ := value.(map[string]any)
		if fields[name] == nil {
			return nil
		}
		return rule(fields[name], Below(keys, name))
	}
}

// each applies several rules.
func each(rules ...Rule) Rule {
	return func(value any, keys []string) []Problem {
		var out []Problem
		for _, rule := range rules {
			out = append(out, rule(value, keys)...)
		}
		return out
	}
}
