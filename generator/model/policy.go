package model

import (
	"fmt"
	"slices"
	"strings"
)

// Policies mirrors #Policies.
type Policies struct {
	Sets       []string                   `json:"sets,omitempty"`
	Action     string                     `json:"action,omitempty"`
	Failure    string                     `json:"failure,omitempty"`
	Pods       string                     `json:"pods,omitempty"`
	Off        map[string]string          `json:"off,omitempty"`
	Params     map[string][]string        `json:"params,omitempty"`
	Exceptions map[string]PolicyException `json:"exceptions,omitempty"`
}

// PolicyException mirrors #PolicyException.
type PolicyException struct {
	Policy    string `json:"policy,omitempty"`
	App       string `json:"app,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Until     string `json:"until,omitempty"`
}

// Annotations by which a policy of the library says what it is.
const (
	// AnnotationWhere says who asks the policy: the cluster, ci or both.
	AnnotationWhere = "policies.stillsuit.dev/where"
	// AnnotationSets names the sets that it is in, between commas.
	AnnotationSets = "policies.stillsuit.dev/sets"
	// AnnotationParams names those of its variables that are parameters.
	AnnotationParams = "policies.stillsuit.dev/params"
	// AnnotationExempt names the exemptions of apps that let them off: see Exemptions.
	AnnotationExempt = "policies.stillsuit.dev/exempt"
)

// Where says who asks a policy.
type Where string

// The places where policies are asked. Both promises the same verdict in each.
const (
	InCluster Where = "cluster"
	InCI      Where = "ci"
	InBoth    Where = "both"
)

// PolicyMarks is what a policy says of itself by annotations.
type PolicyMarks struct {
	// Name is that of the policy.
	Name string
	// Where says who asks it. Default: both.
	Where Where
	// Sets are the names under which clusters choose it.
	Sets []string
	// Params are the names of its variables that are parameters.
	Params []string
	// Exempt are the exemptions that let an app off it.
	Exempt []string
}

// MarksOf reads the annotations of a policy. An error says which of them is wrong.
func MarksOf(name string, annotations map[string]string) (PolicyMarks, error) {
	m := PolicyMarks{
		Name: name, Where: InBoth, Sets: words(annotations[AnnotationSets]),
		Params: words(annotations[AnnotationParams]), Exempt: words(annotations[AnnotationExempt]),
	}
	if where := Where(annotations[AnnotationWhere]); where != "" {
		if !slices.Contains([]Where{InCluster, InCI, InBoth}, where) {
			return m, fmt.Errorf("annotation %s of policy %s is %q: it is one of cluster, ci, both", AnnotationWhere, name, where)
		}
		m.Where = where
	}
	for _, field := range m.Exempt {
		if !slices.Contains(exemptions(), field) {
			return m, fmt.Errorf("annotation %s of policy %s names %s: it is one of %s", AnnotationExempt, name, field, strings.Join(exemptions(), ", "))
		}
	}
	return m, nil
}

// words reads words between commas.
func words(text string) []string {
	var out []string
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			out = append(out, word)
		}
	}
	return out
}

// Chose reports whether the cluster holds itself to a policy: one of its sets is
// chosen, and it is not off. Nobody chooses anything with nil.
func (p *Policies) Chose(m PolicyMarks) bool {
	if p == nil {
		return false
	}
	_, off := p.Off[m.Name]
	return !off && slices.ContainsFunc(m.Sets, func(set string) bool { return slices.Contains(p.Sets, set) })
}

// Denies reports whether what a policy refuses is kept out of the cluster: as the
// cluster says, else as the policy itself does.
func (p *Policies) Denies(itself bool) bool {
	return p.Action == "Deny" || p.Action == "" && itself
}

// exceptions are those that are declared.
func (c *Cluster) exceptions() map[string]PolicyException {
	if c.Policies == nil {
		return nil
	}
	return c.Policies.Exceptions
}
