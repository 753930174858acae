package apis

import (
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// resource is one of all versions of a group together.
type resource struct {
	kind         string
	verbs, short []string
}

// HasResource reports whether rights can name a resource, or a subresource behind a slash, of
// a built-in group: in some release, so that rights written for several of them pass.
// Finalizers can be named of every resource: the admission plugin
// OwnerReferencesPermissionEnforcement asks for them. So can a status, though not every
// kind has one: Flux's own role names configmaps/status.
func HasResource(group, name string) bool {
	of := tables().resources[group]
	base, sub, nested := strings.Cut(name, "/")
	switch {
	case !nested:
		_, ok := of[base]
		return ok
	case base == "*":
		return sub == "*" || slices.ContainsFunc(slices.Collect(maps.Keys(of)), func(r string) bool { return strings.HasSuffix(r, "/"+sub) }) || sub == "finalizers" || sub == "status"
	case sub == "finalizers" || sub == "status" || sub == "*":
		_, ok := of[base]
		return ok
	case group == "authentication.k8s.io" && base == "userextras": // a subresource for each key
		return true
	}
	_, ok := of[name]
	return ok
}

// Resources are the resources of a group, sorted, without their subresources.
func Resources(group string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(tables().resources[group])), func(name string) bool { return strings.Contains(name, "/") })
}

// GroupsWith are the groups that have a resource, those that are gone last.
func GroupsWith(name string) []string {
	return slices.DeleteFunc(Groups(), func(group string) bool { return !HasResource(group, name) })
}

// Meant is the resource of a group that a name stands for which the group does not have: its
// kind, its singular, one of its short names, or a name that is spelt like it. Empty when
// there is none.
func Meant(group, name string) string {
	base, sub, nested := strings.Cut(name, "/")
	of := tables().resources[group]
	found := ""
	for _, r := range Resources(group) {
		if r == strings.ToLower(base) || strings.EqualFold(of[r].kind, base) || slices.Contains(of[r].short, strings.ToLower(base)) {
			found = r
			break
		}
	}
	if found == "" {
		found = finding.Suggest(base, Resources(group))
	}
	if !nested || found == "" {
		return found
	}
	if HasResource(group, found+"/"+sub) {
		return found + "/" + sub
	}
	if like := finding.Suggest(sub, Subresources(group, found)); like != "" {
		return found + "/" + like
	}
	return ""
}

// Subresources are those of a resource, sorted.
func Subresources(group, name string) []string {
	var out []string
	for r := range tables().resources[group] {
		if sub, ok := strings.CutPrefix(r, name+"/"); ok {
			out = append(out, sub)
		}
	}
	slices.Sort(out)
	return out
}
