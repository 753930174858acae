package apis

import (
	"fmt"
	"slices"
	"strings"
)

// Seen is one resource, or subresource, that a release of Kubernetes has.
type Seen struct {
	// GroupVersion is that of the endpoint: apps/v1.
	GroupVersion string
	// Resource is its name, with that of a subresource behind a slash: deployments/scale.
	Resource string
	// Kind is the kind of its objects; of a subresource that has another one's, none.
	Kind string
	// Scope is N for what has a namespace, C for what has none, or - where the source
	// does not say.
	Scope string
	// Served is on, off for what an API server has only when --runtime-config turns it
	// on, or - where the source does not say.
	Served string
	// Verbs are those of the API, sorted; none where the source does not say.
	Verbs []string
	// Short are its short names and its singular.
	Short []string
}

// Write writes what was seen, sorted, below a line that names the source.
func Write(source string, all []Seen) string {
	var lines []string
	for _, s := range all {
		lines = append(lines, strings.Join([]string{
			s.GroupVersion, s.Resource, dash(s.Kind), s.Scope, s.Served, dash(strings.Join(s.Verbs, ",")), dash(strings.Join(s.Short, ",")),
		}, " "))
	}
	slices.Sort(lines)
	return "# " + source + "\n" + strings.Join(slices.Compact(lines), "\n") + "\n"
}

// Parse reads what Write wrote.
func Parse(text string) ([]Seen, error) {
	var out []Seen
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, " ")
		if len(f) != 7 {
			return nil, fmt.Errorf("the line %q has %d fields, not 7", line, len(f))
		}
		out = append(out, Seen{f[0], f[1], undash(f[2]), f[3], f[4], list(f[5]), list(f[6])})
	}
	return out, nil
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func undash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func list(s string) []string {
	if s == "-" {
		return nil
	}
	return strings.Split(s, ",")
}
