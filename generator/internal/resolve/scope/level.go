package scope

import (
	"fmt"

	"stillsuit.dev/generator/model"
)

// Level is a Pod Security level (kubernetes.io/docs/concepts/security/pod-security-standards).
type Level int

// The levels, the strictest first.
const (
	Restricted Level = iota
	Baseline
	Privileged
)

// String is the level as a namespace's label has it.
func (l Level) String() string { return [...]string{"restricted", "baseline", "privileged"}[l] }

func parseLevel(s string) Level {
	switch s {
	case "privileged":
		return Privileged
	case "baseline":
		return Baseline
	}
	return Restricted
}

// Enforced is the level that a namespace is declared to have, or "".
func Enforced(ns *model.Namespace) string {
	switch {
	case ns == nil:
		return ""
	case ns.Workspace != "":
		return Restricted.String()
	}
	return ns.Security
}

// Demands notes that pods need a Pod Security level, and reports when their namespace
// declares a stricter one.
func (r *Scope) Demands(p *Party, l Level, at model.Path, why string) {
	ns := p.Namespace
	if declared := Enforced(r.Desired.Namespaces[ns]); declared != "" && l > parseLevel(declared) {
		mend := fmt.Sprintf("move it to another namespace, or write namespaces: %s: security: %q", ns, l)
		switch {
		case r.Desired.Namespaces[ns].Workspace != "":
			mend = "move it to another namespace: this one is a workspace"
		case r.Outside(ns):
			mend = fmt.Sprintf("move it to another namespace, or raise the level of that one where it is made, and write namespaces: %s: security: %q", ns, l)
		}
		r.Error(at, "namespace/security", fmt.Sprintf("%s needs Pod Security level %s (%s)", p.Full, l, why), fmt.Sprintf("namespace %s enforces %s", ns, declared), mend)
		return
	}
	r.Security[ns] = max(r.Security[ns], l)
}
