package library_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"

	lib "stillsuit.dev/policies/library"
)

// mistakes are what is wrong with how a policy is written down.
func mistakes(p policy) []string {
	var out []string
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			out = append(out, p.folder.Name+": "+fmt.Sprintf(format, args...))
		}
	}
	wrong(p.APIVersion != "policies.kyverno.io/v1" || p.Kind != "ValidatingPolicy", "is a %s %s", p.APIVersion, p.Kind)
	wrong(p.Name != p.folder.Name, "is named %s", p.Name)
	wrong(!slices.Equal(p.Spec.ValidationActions, []string{"Audit"}), "the actions are for a cluster to choose")
	for _, a := range []string{"policies.kyverno.io/title", "policies.kyverno.io/category", "policies.kyverno.io/description", "policies.stillsuit.dev/mend"} {
		text := p.Annotations[a]
		wrong(text == "" || strings.Contains(text, "\n"), "%s has to be one line", a)
		wrong(a != "policies.kyverno.io/category" && strings.HasSuffix(text, ".") == strings.HasSuffix(a, "title"), "%s: only sentences end with a full stop", a)
	}
	wrong(!slices.Contains([]string{"low", "medium", "high", "critical"}, p.Annotations["policies.kyverno.io/severity"]), "severity")
	where := p.Annotations["policies.stillsuit.dev/where"]
	wrong(!slices.Contains([]string{"cluster", "ci", "both"}, where), "where")
	wrong(p.looksUp() && where != "ci", "looks up objects that may come after the one it judges: it belongs in ci")
	wrong(p.looksUp() != (len(p.folder.Context) > 0), "context.yaml is for policies that look objects up")

	sets := p.list("policies.stillsuit.dev/sets")
	wrong(len(sets) == 0, "no set")
	wrong(slices.ContainsFunc(sets, func(s string) bool { return !slices.Contains(setNames(), s) }), "sets are %s", setNames())
	wrong(slices.Contains(sets, "baseline") && !slices.Contains(sets, "restricted"), "restricted holds all of baseline")

	for _, param := range p.list("policies.stillsuit.dev/params") {
		i := slices.IndexFunc(p.Spec.Variables, func(v admissionv1.Variable) bool { return v.Name == param })
		wrong(i < 0 || !literal.MatchString(p.Spec.Variables[max(i, 0)].Expression), "parameter %s is no variable with a literal", param)
	}
	for _, r := range p.Spec.MatchConstraints.ResourceRules {
		// Kyverno makes rules for Deployments and the like out of one rule about pods alone.
		alone := len(p.Spec.MatchConstraints.ResourceRules) == 1 && len(r.Resources) == 1
		wrong(slices.Contains(r.Resources, "pods") && !alone && !p.names("cronjobs"), "a rule about pods stands alone, or beside rules about all that makes them")
	}
	for i, v := range p.Spec.Validations {
		wrong(v.Message == "" || strings.HasSuffix(v.Message, "."), "validation %d: the message says the rule, without a full stop", i)
		wrong(strings.Contains(v.Message+v.MessageExpression, "object.spec"), "validation %d: Kyverno would rewrite object.spec in the message", i)
	}
	// The defaults of the API server are absent before it saw the object.
	for _, text := range p.expressions() {
		for _, m := range bare.FindAllString(text, -1) {
			wrong(true, "%s may be absent: write it with .? and orValue", m)
		}
	}
	return out
}

// setNames are the sets that a policy may belong to.
func setNames() []string { return []string{"baseline", "restricted", "homelab"} }

var (
	// literal is a list of strings, or a map of such lists.
	literal = regexp.MustCompile(`^\[('[^']*'(, )?)*\]$|^\{('[^']*': \[('[^']*'(, )?)*\](, )?)*\}$`)
	// bare are fields that the API server fills in, read as if they were always there.
	bare = regexp.MustCompile(`\.(replicas|strategy|concurrencyPolicy|imagePullPolicy|automountServiceAccountToken|enableServiceLinks|serviceAccountName|reclaimPolicy|policyTypes|accessModes)\b`)
)

func TestPolicies(t *testing.T) {
	for _, p := range library(t) {
		require.Empty(t, mistakes(p))
	}
	embedded, err := fs.Glob(lib.FS, "*/policy.yaml")
	require.NoError(t, err)
	require.Len(t, embedded, len(library(t)))
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() && e.Name() != "fixture" {
			require.Contains(t, embedded, e.Name()+"/policy.yaml", "a folder without a policy")
		}
	}
}

// TestMistakesAreNoticed spoils a good policy in each way that mistakes knows.
func TestMistakesAreNoticed(t *testing.T) {
	for name, spoil := range map[string]func(p *policy){
		"is named":         func(p *policy) { p.Name = "other" },
		"is a ":            func(p *policy) { p.APIVersion = "policies.kyverno.io/v1beta1" },
		"actions":          func(p *policy) { p.Spec.ValidationActions = []string{"Deny"} },
		"one line":         func(p *policy) { p.Annotations["policies.stillsuit.dev/mend"] = "Do.\nThis." },
		"full stop":        func(p *policy) { p.Annotations["policies.kyverno.io/title"] = "A title." },
		"severity":         func(p *policy) { p.Annotations["policies.kyverno.io/severity"] = "grave" },
		"where":            func(p *policy) { delete(p.Annotations, "policies.stillsuit.dev/where") },
		"belongs in ci":    func(p *policy) { p.Spec.Variables[0].Expression = "resource.List('v1', 'pods', '')" },
		"no set":           func(p *policy) { delete(p.Annotations, "policies.stillsuit.dev/sets") },
		"sets are":         func(p *policy) { p.Annotations["policies.stillsuit.dev/sets"] = "home" },
		"all of baseline":  func(p *policy) { p.Annotations["policies.stillsuit.dev/sets"] = "baseline" },
		"no variable":      func(p *policy) { p.Annotations["policies.stillsuit.dev/params"] = "containers" },
		"stands alone, or": func(p *policy) { p.Spec.MatchConstraints.ResourceRules[0].Resources = []string{"pods", "services"} },
		"the message":      func(p *policy) { p.Spec.Validations[0].Message = "Not this way." },
		"rewrite":          func(p *policy) { p.Spec.Validations[0].MessageExpression = "'look at object.spec'" },
		"may be absent":    func(p *policy) { p.Spec.Variables[0].Expression = "object.spec.replicas > 1" },
	} {
		all := library(t)
		i := slices.IndexFunc(all, func(p policy) bool { return p.Name == "memory-limits" })
		spoil(&all[i])
		require.Contains(t, strings.Join(mistakes(all[i]), "\n"), name)
	}
}
