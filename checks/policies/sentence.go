package policies

import (
	"strings"
	"unicode"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// called names an object as users do, and the containers that a finding is about.
func called(o *manifest.Object, containers []string) string {
	name := o.DisplayName()
	switch len(containers) {
	case 0:
		return name
	case 1:
		return "container " + containers[0] + " of " + name
	}
	return "containers " + finding.All(containers) + " of " + name
}

// oneLine is a text without its lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// why is the first sentence of the policy's description, as the second half of one.
func why(p *admission.Policy) string {
	sentence, _, _ := strings.Cut(p.Description+" ", ". ")
	return inside(sentence)
}

// inside is a sentence as a part of another.
func inside(sentence string) string {
	first, rest, _ := strings.Cut(strings.TrimRight(strings.TrimSpace(sentence), "."), " ")
	letters := []rune(first)
	// A name keeps its capital: K3s, SOPS, ServiceAccount.
	if len(letters) > 0 && strings.IndexFunc(string(letters[1:]), func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) }) < 0 {
		letters[0] = unicode.ToLower(letters[0])
	}
	return strings.TrimSpace(string(letters) + " " + rest)
}

func mendOf(p *admission.Policy, validation int) string {
	if said := p.MendFor(validation); said != "" {
		return inside(said)
	}
	return "correct it, or declare an exception with a reason and an end"
}
