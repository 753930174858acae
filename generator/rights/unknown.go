package rights

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
)

// Misnamed is a name in a right that means nothing to the API server.
type Misnamed struct {
	// Problem and Fix are those of a finding; Problem goes on after the name of what
	// gives the right.
	Problem, Fix string
	// Instead is the name to write, as a grant writes it; empty when there is none.
	Instead string
}

// live reports whether a group is one that an API server can have and no table lists: those
// of CustomResourceDefinitions and of aggregated API servers have a dot in their name
// (k8s.io/apiextensions-apiserver v0.36.6, pkg/apis/apiextensions/validation).
func live(group string) bool {
	return strings.Contains(group, ".") && !strings.Contains(group, "/") && !apis.BuiltIn(group)
}

// MisnamedGroup reports a group that no API server has, for resources that are written beside
// it. A group with a dot passes unless it is one of Kubernetes' own with a typo.
func MisnamedGroup(group string, resources []string) (Misnamed, bool) {
	if group == "*" || group == "" || apis.BuiltIn(group) {
		return Misnamed{}, false
	}
	near := nearGroup(group, resources)
	if live(group) && near == "" {
		return Misnamed{}, false
	}
	m := Misnamed{Problem: fmt.Sprintf("the API group %s, which Kubernetes does not have", group), Fix: "correct the group, as `kubectl api-resources` lists it"}
	if strings.Contains(group, "/") {
		m.Problem = fmt.Sprintf("the API group %s; rights name groups without a version", group)
	}
	switch before, _, _ := strings.Cut(group, "/"); {
	case near != "":
		m.Instead = near
	case strings.EqualFold(before, "core") || version.MatchString(before):
		m.Fix = `write "", the core group`
		return m, true
	case apis.BuiltIn(before):
		m.Instead = before
	default:
		for _, r := range resources {
			if with := apis.GroupsWith(r); len(with) > 0 {
				m.Instead = with[0]
				break
			}
		}
	}
	if m.Instead != "" {
		m.Fix = fmt.Sprintf("write %q", m.Instead)
	}
	return m, true
}

var version = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]+)?$`)

// nearGroup is a built-in group that is spelt like one and has one of the resources.
func nearGroup(group string, resources []string) string {
	for _, g := range apis.Groups() {
		edits := 2
		if len(g) < 6 {
			edits = 1
		}
		has := func(r string) bool { return apis.HasResource(g, r) || r == "*" }
		if g != "" && finding.Near(group, g, edits) && slices.ContainsFunc(resources, has) {
			return g
		}
	}
	return ""
}

// MisnamedResource reports a resource that none of the groups has which are written beside it.
// It reports none when one of them is not Kubernetes' own.
func MisnamedResource(groups []string, name string) (Misnamed, bool) {
	if name == "*" || len(groups) == 0 {
		return Misnamed{}, false
	}
	for _, g := range groups {
		if g == "*" || !apis.BuiltIn(g) || apis.HasResource(g, name) {
			return Misnamed{}, false
		}
	}
	m := Misnamed{Problem: fmt.Sprintf("the resource %s, which %s does not have", name, groupName(groups))}
	for _, g := range groups {
		if like := apis.Meant(g, name); like != "" {
			m.Instead, m.Fix = Written(g, like), fmt.Sprintf("write %q", like)
			return m, true
		}
	}
	if with := apis.GroupsWith(name); len(with) > 0 {
		m.Instead, m.Fix = Written(with[0], name), fmt.Sprintf("add %q to the API groups of the rule", with[0])
		return m, true
	}
	for _, g := range apis.Groups() {
		if like := apis.Meant(g, name); like != "" {
			m.Instead, m.Fix = Written(g, like), fmt.Sprintf("write %q, in API group %q", like, g)
			return m, true
		}
	}
	base, sub, nested := strings.Cut(name, "/")
	m.Fix = "correct the resource, as `kubectl api-resources` lists it"
	if nested && slices.ContainsFunc(groups, func(g string) bool { return apis.HasResource(g, base) }) {
		m.Fix = fmt.Sprintf("take %q out: %s has no subresource %s", name, base, sub)
		if known := apis.Subresources(groups[0], base); len(known) > 0 {
			m.Fix = fmt.Sprintf("write one that %s has: %s", base, finding.OneOf(known))
		}
	}
	return m, true
}

func groupName(groups []string) string {
	var names []string
	for _, g := range groups {
		if g == "" {
			g = "the core API group"
		} else {
			g = "API group " + g
		}
		names = append(names, g)
	}
	return finding.OneOf(names)
}

// standard are the verbs of the API, and special those that the API server asks for besides:
// kubernetes.io/docs/reference/access-authn-authz/authorization (bind, escalate,
// impersonate, use), certificate-signing-requests (approve, sign, attest), and proxy, which
// it asked for up to 1.13. Verbs with a colon are those of constrained impersonation and of
// device plugins (k8s.io/apiserver v0.36.6 pkg/endpoints/filters/impersonation;
// k8s.io/kubernetes v1.36.3 pkg/registry/resource/utils.go).
func standard() []string {
	return []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
}

func special() []string {
	return []string{"*", "use", "bind", "escalate", "impersonate", "approve", "sign", "attest", "proxy", "request-serviceaccounts-token-audience"}
}

// ofURLs are those of rules about URLs: HTTP's methods in lower case.
func ofURLs() []string { return []string{"get", "post", "put", "delete", "patch", "head", "options"} }

// otherWords are what people write for verbs.
func otherWords() map[string][]string {
	return map[string][]string{
		"read": {"get", "list", "watch"}, "view": {"get", "list", "watch"}, "describe": {"get"}, "show": {"get"},
		"write": {"create", "update", "patch", "delete"}, "edit": {"update", "patch"}, "modify": {"update", "patch"}, "change": {"update", "patch"},
		"add": {"create"}, "post": {"create"}, "put": {"update"}, "apply": {"get", "create", "patch"}, "replace": {"update"},
		"remove": {"delete"}, "destroy": {"delete"}, "watchlist": {"list", "watch"}, "exec": {"create"},
		"all": {"get", "list", "watch", "create", "update", "patch", "delete"}, "any": {"get", "list", "watch", "create", "update", "patch", "delete"},
	}
}

// MisnamedVerb reports a verb that no API has. Beside groups that are not Kubernetes' own only
// a word that is meant for a verb is one: their servers may ask for others.
func MisnamedVerb(verb string, groups []string, urls bool) (Misnamed, bool) {
	if slices.Contains(standard(), verb) || slices.Contains(special(), verb) || urls && slices.Contains(ofURLs(), verb) || strings.Contains(verb, ":") {
		return Misnamed{}, false
	}
	m := Misnamed{Problem: fmt.Sprintf("the verb %s, which the Kubernetes API does not have", verb), Fix: "write one of its verbs: " + finding.OneOf(standard())}
	if instead := VerbsFor(verb); len(instead) > 0 {
		var quoted []string
		for _, v := range instead {
			quoted = append(quoted, fmt.Sprintf("%q", v))
		}
		m.Fix = "write " + strings.Join(quoted, ", ")
		return m, true
	}
	return m, !slices.ContainsFunc(groups, func(g string) bool { return g == "*" || !apis.BuiltIn(g) })
}

// VerbsFor are the verbs that a word is meant for; none when it is not known.
func VerbsFor(word string) []string {
	lower := strings.ToLower(word)
	if slices.Contains(standard(), lower) {
		return []string{lower}
	}
	if instead := otherWords()[lower]; instead != nil {
		return instead
	}
	edits := 2
	if len(word) <= 5 {
		edits = 1
	}
	if like := finding.Suggest(word, standard()); like != "" && finding.Near(word, like, edits) {
		return []string{like}
	}
	return nil
}

// MisnamedGrant reports a resource, as a grant writes it, that no API has.
func MisnamedGrant(written string) (Misnamed, bool) {
	group, name := Resource(written)
	if strings.Contains(written, "*") {
		return Misnamed{}, false
	}
	if m, bad := MisnamedGroup(group, []string{name}); bad {
		m.Instead = meant(written, group, name, m.Instead)
		return m, true
	}
	m, bad := MisnamedResource([]string{group}, name)
	if bad {
		m.Instead = meant(written, group, name, m.Instead)
	}
	return m, bad
}

// meant is the resource, as a grant writes it, that was probably meant.
func meant(written, group, name, near string) string {
	parts := strings.Split(written, "/")
	switch {
	case len(parts) > 2 && version.MatchString(parts[1]): // apps/v1/deployments
		return Written(parts[0], strings.Join(parts[2:], "/"))
	case len(parts) == 2 && version.MatchString(parts[0]): // v1/pods
		return parts[1]
	case len(parts) == 2 && parts[0] == "core":
		return parts[1]
	}
	if resource, of, ok := strings.Cut(written, "."); ok && apis.HasResource(of, resource) { // deployments.apps, as kubectl writes it
		return Written(of, resource)
	}
	if len(parts) == 2 && apis.HasResource(parts[1], parts[0]) { // the wrong way round
		return Written(parts[1], parts[0])
	}
	if group != "" && near != "" && !strings.Contains(near, "/") {
		if apis.HasResource(near, name) {
			return Written(near, name)
		}
		if like := apis.Meant(near, name); like != "" {
			return Written(near, like)
		}
	}
	for _, whole := range []string{written, name} {
		if like := apis.Meant("", whole); like != "" {
			return like
		}
		if with := apis.GroupsWith(whole); len(with) > 0 {
			return Written(with[0], whole)
		}
		for _, g := range apis.Groups() {
			if like := apis.Meant(g, whole); like != "" {
				return Written(g, like)
			}
		}
	}
	return near
}
