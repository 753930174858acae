package builtin

import (
	"regexp"
	"slices"
	"strings"

	"k8s.io/kube-aggregator/pkg/apis/apiregistration"

	"stillsuit.dev/generator/manifest"
)

// compilation is how the API server starts to say that a CEL expression does not compile, with
// the line and the column.
var compilation = regexp.MustCompile(`^compilation failed: ERROR: <input>:(\d+):(\d+): `)

// expression is about one in CEL, of a policy or a webhook.
func expression(p problem) (said, bool) {
	m := compilation.FindStringSubmatch(p.Detail)
	if m == nil {
		return said{}, false
	}
	why, _, _ := strings.Cut(strings.TrimPrefix(p.Detail, m[0]), "\n")
	if i := strings.Index(why, " expecting {"); i >= 0 { // every token there is
		why = why[:i]
	}
	why = strings.TrimSuffix(strings.TrimSpace(why), " (in container '')")
	return said{
		problem: p.field() + " does not compile",
		detail:  "the API server says, of line " + m[1] + " and column " + m[2] + " of the expression: " + why,
		fix:     "correct the expression",
	}, true
}

// ofAPI is about the name of an APIService, which follows from its group and version.
func ofAPI(p problem) (said, bool) {
	if p.object.Kind != "APIService" || p.object.Group != apiregistration.GroupName || !slices.Equal(p.keys, []string{"metadata", "name"}) {
		return said{}, false
	}
	spec, _ := manifest.At(p.written, []string{"spec"}).(map[string]any)
	version, _ := spec["version"].(string)
	group, _ := spec["group"].(string)
	return said{
		problem: p.field() + " is " + p.value(),
		detail:  "the name of an APIService is its version and its group",
		fix:     "write `name: " + version + "." + group + "`",
	}, version != "" && group != ""
}

// named are the keys of an error as the object's own version calls the fields. The API server
// validates an Event of events.k8s.io as one of v1 (k8s.io/kubernetes, pkg/apis/events/v1,
// conversion.go).
func (a *answer) named(keys []string) []string {
	if a.object.Group != "events.k8s.io" || len(keys) == 0 {
		return keys
	}
	if own, renamed := map[string]string{
		"involvedObject": "regarding", "message": "note", "count": "deprecatedCount", "source": "deprecatedSource",
		"firstTimestamp": "deprecatedFirstTimestamp", "lastTimestamp": "deprecatedLastTimestamp",
	}[keys[0]]; renamed {
		keys[0] = own
	}
	return keys
}
