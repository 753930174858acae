package versions

import (
	"fmt"
	"strings"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
	"stillsuit.dev/generator/manifest"
)

// assumed is the minor that objects are compared with when that of their cluster is not known.
const assumed = 36

// Checker asks about objects of one cluster. It is safe for several goroutines.
type Checker struct {
	minor int
	known bool
	// flux says that Flux 2.9 or later applies the objects.
	flux bool
	own  map[string]bool // groups that something in the tree defines
}

// New is a checker for a minor of Kubernetes, 0 when it is not known. declared says that
// stillsuit renders the objects, for its own release of Flux. defined are groups that
// CustomResourceDefinitions or APIServices in the tree define.
func New(minor int, declared bool, defined []string) Checker {
	c := Checker{minor: minor, known: minor != 0, flux: declared, own: map[string]bool{}}
	if !c.known {
		c.minor = assumed
	}
	for _, group := range defined {
		c.own[group] = true
	}
	return c
}

// Check says what is wrong with the version or kind of an object; nothing of one that Flux
// fills in later. name is how a sentence names the object: Deployment web/x.
func (c Checker) Check(apiVersion, kind, name string) []refusal.Refusal {
	group := apis.GroupOf(apiVersion)
	switch {
	case apiVersion == "" || kind == "" || manifest.Unfilled(apiVersion) || manifest.Unfilled(kind) || c.own[group]:
		return nil
	case strings.HasSuffix(group, fluxGroups):
		return c.fluxKind(apiVersion, kind, name)
	}
	k, found := apis.Find(apiVersion, kind)
	if !found {
		return c.unknown(apiVersion, kind, name)
	}
	switch k.In(min(c.minor, apis.Newest)) {
	case apis.Removed:
		return c.removed(k, name)
	case apis.Later:
		return c.later(k, name)
	case apis.Off:
		return c.off(k, name)
	}
	switch {
	case !k.Applied:
		return one(CodeKind, finding.Error, "kind", fmt.Sprintf("%s is of kind %s, of which the API server keeps no objects", name, kind),
			"it answers such a request, and Flux cannot apply it", "take the object out")
	case k.Deprecated > 0 && k.Deprecated <= c.minor && k.Removed > 0:
		return one(CodeDeprecated, finding.Warning, "apiVersion", fmt.Sprintf("%s has apiVersion %s, which Kubernetes 1.%d removes", name, apiVersion, k.Removed),
			fmt.Sprintf("%s, where it is deprecated", c.runs()), c.instead(k))
	}
	return nil
}

// one is the answer of one refusal.
func one(code finding.Code, severity finding.Severity, key, problem, detail, fix string) []refusal.Refusal {
	return []refusal.Refusal{{Code: code, Severity: severity, Keys: []string{key}, Problem: problem, Detail: detail, Fix: fix}}
}

// runs says which Kubernetes the objects are for.
func (c Checker) runs() string {
	if c.known {
		return fmt.Sprintf("the cluster runs Kubernetes 1.%d", c.minor)
	}
	return fmt.Sprintf("the cluster's version is not known, so Kubernetes 1.%d is assumed (`--kubernetes` names another)", c.minor)
}

// Newer is the note about a minor that is newer than the rules for fields, which are those of
// another minor; nil when it is not. Its keys lead to the version in the cluster's facts.
func Newer(minor, rules int) *refusal.Refusal {
	if minor <= rules {
		return nil
	}
	return &refusal.Refusal{
		Code: CodeNewer, Severity: finding.Note, Keys: []string{"kubernetes", "version"},
		Problem: fmt.Sprintf("the cluster runs Kubernetes 1.%d, and the newest rules for fields that this stillsuit has are those of 1.%d", minor, rules),
		Detail:  fmt.Sprintf("fields were checked by these, and versions of kinds by what 1.%d has", min(minor, apis.Newest)),
		Fix:     "use a newer stillsuit when there is one",
	}
}

// whole is what a refused object costs.
const whole = "the API server refuses the object, and Flux applies nothing of its unit"

func (c Checker) removed(k apis.Kind, name string) []refusal.Refusal {
	severity, detail := finding.Error, c.runs()+"; "+whole
	problem := fmt.Sprintf("%s has apiVersion %s, which Kubernetes 1.%d removed", name, k.APIVersion, k.Removed)
	if k.RemovedBefore {
		problem = fmt.Sprintf("%s has apiVersion %s, which Kubernetes no longer has", name, k.APIVersion)
	}
	if !c.known && k.Removed > apis.Oldest { // an older cluster may have it
		severity = finding.Warning
	}
	return one(CodeRemoved, severity, "apiVersion", problem, detail, c.instead(k))
}

func (c Checker) later(k apis.Kind, name string) []refusal.Refusal {
	severity := finding.Error
	if !c.known {
		severity = finding.Warning
	}
	fix := fmt.Sprintf("upgrade the cluster to Kubernetes 1.%d first, or take the object out", k.Introduced)
	if other, ok := c.servedAs(k); ok {
		fix = fmt.Sprintf("write `apiVersion: %s`", other)
	}
	return one(CodeKind, severity, "apiVersion", fmt.Sprintf("%s has apiVersion %s, which comes with Kubernetes 1.%d", name, k.APIVersion, k.Introduced),
		c.runs()+"; "+whole, fix)
}

func (c Checker) off(k apis.Kind, name string) []refusal.Refusal {
	fix := fmt.Sprintf("start the API server with `--runtime-config=%s=true`, or take the object out", k.APIVersion)
	if other, ok := c.servedAs(k); ok {
		fix = fmt.Sprintf("write `apiVersion: %s`", other)
	}
	return one(CodeOff, finding.Warning, "apiVersion", fmt.Sprintf("%s has apiVersion %s, which API servers do not serve by default", name, k.APIVersion),
		c.runs()+"; unless `--runtime-config` turns the version on, "+whole, fix)
}

// instead says what to write in place of a version that goes or is gone.
func (c Checker) instead(k apis.Kind) string {
	if text, only := strings.CutPrefix(k.Change, "!"); only {
		return text
	}
	to := k.ReplacedBy.APIVersion
	if r, ok := apis.Find(to, k.ReplacedBy.Kind); !ok || r.In(min(c.minor, apis.Newest)) != apis.Served {
		to, ok = c.servedAs(k)
		if !ok {
			return fmt.Sprintf("take the object out: Kubernetes 1.%d has no other version of the kind that is on by default", c.minor)
		}
	}
	fix := fmt.Sprintf("write `apiVersion: %s`", to)
	if k.Change != "" {
		fix += ", and " + k.Change
	}
	return fix
}

// servedAs is another apiVersion in which the kind is served.
func (c Checker) servedAs(k apis.Kind) (string, bool) {
	best := ""
	for _, other := range apis.Kinds() {
		if other.Kind == k.Kind && other.APIVersion != k.APIVersion && other.Group() == k.Group() && other.In(min(c.minor, apis.Newest)) == apis.Served {
			best = max(best, other.APIVersion)
		}
	}
	return best, best != ""
}
