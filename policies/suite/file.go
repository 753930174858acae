package suite

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	kjson "sigs.k8s.io/json"

	"stillsuit.dev/finding"
	"stillsuit.dev/sources/flux"
)

// apiVersion is that of the kinds that tests are made of.
const apiVersion = "cli.kyverno.io/v1alpha1"

type head struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata,omitempty"`
}

// test mirrors the kind Test, as far as it is understood.
type test struct {
	head
	Policies   []string `json:"policies,omitempty"`
	Resources  []string `json:"resources,omitempty"`
	Exceptions []string `json:"exceptions,omitempty"`
	Context    string   `json:"context,omitempty"`
	Variables  string   `json:"variables,omitempty"`
	Values     *values  `json:"values,omitempty"`
	UserInfo   string   `json:"userinfo,omitempty"`
	Results    []result `json:"results,omitempty"`
}

// values are what is known of namespaces.
type values struct {
	Namespaces []map[string]any `json:"namespaces,omitempty"`
	Selectors  []labelled       `json:"namespaceSelector,omitempty"`
}

type labelled struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels,omitempty"`
}

// result is what a policy must say of some resources.
type result struct {
	Policy             string   `json:"policy"`
	IsValidatingPolicy bool     `json:"isValidatingPolicy,omitempty"`
	Kind               string   `json:"kind,omitempty"`
	Result             string   `json:"result"`
	Resources          []string `json:"resources,omitempty"`
	Operation          string   `json:"operation,omitempty"`
}

// The kinds of the other files.
type (
	valuesFile struct {
		head
		values
	}
	contextFile struct {
		head
		Spec struct {
			Resources []map[string]any `json:"resources,omitempty"`
		} `json:"spec"`
	}
	userFile struct {
		head
		UserInfo struct {
			Username string   `json:"username,omitempty"`
			Groups   []string `json:"groups,omitempty"`
		} `json:"userInfo"`
	}
)

// outcomes are what a result may be.
func outcomes() []string { return []string{"pass", "fail", "skip", "error"} }

// decode reads a document of a kind, and reports what is not understood.
func (r *runner) decode(d flux.Document, file string, into interface{ said() head }, kinds ...string) bool {
	b, err := d.JSON()
	var strict []error
	if err == nil {
		strict, err = kjson.UnmarshalStrict(b, into)
	}
	if err != nil {
		r.report(d.Place(r.shown(file)), "test/file", file+" cannot be read", err.Error(), "correct it")
		return false
	}
	if h := into.said(); h.APIVersion != apiVersion || !slices.Contains(kinds, h.Kind) {
		fact := file + " does not say what kind it is"
		if h.Kind != "" {
			fact = file + " is a " + strings.TrimSpace(h.APIVersion+" "+h.Kind)
		}
		r.report(d.Place(r.shown(file), "kind"), "test/field", fact, "a "+kinds[0]+" of "+apiVersion+" belongs here", "correct apiVersion and kind")
		return false
	}
	for _, err := range strict {
		r.unknown(d, file, err, fieldsOf(into))
	}
	return len(strict) == 0
}

func (h head) said() head { return h }

// quoted is what a strict decoder says of a field: unknown field "results[0].rule".
var quoted = regexp.MustCompile(`"([^"]*)"`)

func (r *runner) unknown(d flux.Document, file string, err error, known []string) {
	fact, name := err.Error(), ""
	var keys []string
	if m := quoted.FindStringSubmatch(fact); m != nil {
		keys = strings.FieldsFunc(m[1], func(c rune) bool { return c == '.' || c == '[' || c == ']' })
		fact = m[1] + " is not understood here"
	}
	mend := "remove it, or run this test by Kyverno's own command line"
	if len(keys) > 0 {
		name = keys[len(keys)-1]
		if !slices.Contains(elsewhere(), name) {
			mend = finding.DidYouMean(name, known, mend)
		}
	}
	r.report(d.Place(r.shown(file), keys...), "test/field", fact, "what it means would change the result", mend)
}

// elsewhere are the fields that Kyverno 1.19's command line knows and that are not about
// a ValidatingPolicy that judges what is created: none is a misspelt one of ours.
func elsewhere() []string {
	return []string{
		"name", "jsonPayload", "jsonPayloads", "httpPayloads", "envoyPayloads", "targetResources", "paramResources", "clusterResources", "apiCallResponses",
		"globalContextEntries", "rule", "isValidatingAdmissionPolicy", "isMutatingAdmissionPolicy", "isDeletingPolicy", "isImageValidatingPolicy",
		"isGeneratingPolicy", "isMutatingPolicy", "patchedResources", "generatedResource", "cloneSourceResource", "failOnMissingResources",
		"resourceSpecs", "generatedResources", "globalValues", "subresources", "images", "roles", "clusterRoles",
	}
}

// fieldsOf are the names of all fields of a kind.
func fieldsOf(kind any) []string {
	all := []any{kind}
	if _, is := kind.(*test); is {
		all = append(all, values{Namespaces: []map[string]any{{}}, Selectors: []labelled{{}}}, result{IsValidatingPolicy: true, Kind: "-", Resources: []string{"-"}, Operation: "-"},
			test{Policies: []string{""}, Resources: []string{""}, Exceptions: []string{""}, Context: "-", Variables: "-", Values: &values{}, UserInfo: "-", Results: []result{{}}})
	}
	var out []string
	for _, v := range all {
		b, _ := json.Marshal(v) // structs of texts
		var fields map[string]any
		if json.Unmarshal(b, &fields) == nil {
			for name := range fields {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// check reports what is wrong with the results themselves.
func (r *runner) check(d flux.Document, file string, t *test) bool {
	sound := true
	wrong := func(fact, contrast, mend string, keys ...string) {
		r.report(d.Place(r.shown(file), keys...), "test/field", fact, contrast, mend)
		sound = false
	}
	for i, x := range t.Results {
		at := func(field string) []string { return []string{"results", strconv.Itoa(i), field} }
		if !slices.Contains(outcomes(), x.Result) {
			mend := finding.DidYouMean(x.Result, outcomes(), "write one of "+finding.All(outcomes()))
			wrong("a result is "+strconv.Quote(x.Result), "a policy says pass, fail, skip or error", mend, at("result")...)
		}
		if x.Operation != "" && x.Operation != "CREATE" {
			wrong("a result is about the operation "+x.Operation, "resources are created here, and nothing else", "run this test by Kyverno's own command line", at("operation")...)
		}
	}
	if len(t.Results) == 0 {
		wrong("the test "+file+" has no results", "nothing would be tested", "add some")
	}
	return sound
}

// below is a file that a test names; false when that leaves the tests' own files.
func below(test, name string) (string, bool) {
	at := path.Join(path.Dir(test), name)
	return at, name != "" && !path.IsAbs(name) && fs.ValidPath(at)
}
