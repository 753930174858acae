package versions

import (
	"fmt"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
)

// unknown says what is wrong with a kind that no built-in group ever had, unless a
// CustomResourceDefinition, or a release that is newer than the tables, may have it.
func (c Checker) unknown(apiVersion, kind, name string) []refusal.Refusal {
	key, fix, wrong := apis.Correct(apiVersion, kind, min(c.minor, apis.Newest))
	if !wrong || c.minor > apis.Newest && apis.BuiltIn(apis.GroupOf(apiVersion)) && key == "kind" && fix[0] == 'c' {
		return nil
	}
	return one(CodeKind, finding.Error, key, fmt.Sprintf("%s has apiVersion %s and kind %s, which Kubernetes does not have", name, apiVersion, kind), whole, fix)
}
