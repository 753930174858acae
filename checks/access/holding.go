package access

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// holding is what one binding gives. It is read from the finished objects, so
// that raw objects and patches count as grants do.
type holding struct {
	binding   *manifest.Object
	namespace string // "" for every namespace
	to        []rbacv1.Subject
	role      *manifest.Object // nil when the tree does not hold its rules
	roleName  string
}

// holdings lists all bindings, sorted by ID.
func holdings(s *inventory.Subject) []holding {
	roles := map[manifest.ID]*manifest.Object{}
	for _, o := range s.Objects {
		roles[o.ID] = o
	}
	var out []holding
	for _, o := range s.Objects {
		h := holding{binding: o, namespace: o.Namespace}
		var ref rbacv1.RoleRef
		switch b := o.Value.(type) {
		case *rbacv1.RoleBinding:
			h.to, ref = b.Subjects, b.RoleRef
		case *rbacv1.ClusterRoleBinding:
			h.to, ref = b.Subjects, b.RoleRef
		default:
			continue
		}
		role := manifest.ID{Group: ref.APIGroup, Kind: ref.Kind, Name: ref.Name}
		if ref.Kind == "Role" {
			role.Namespace = o.Namespace
		}
		h.role, h.roleName = roles[role], ref.Kind+" "+ref.Name
		if h.role != nil {
			if gathered, ok := h.role.Value.(*rbacv1.ClusterRole); ok && gathered.AggregationRule != nil {
				h.role = nil // its rules are those of others
			}
		}
		out = append(out, h)
	}
	return out
}

// heldRight is a right, and where it is written.
type heldRight struct {
	right
	at inventory.Spot
}

// rights lists what the binding's role allows.
func (h holding) rights() []heldRight {
	if h.role == nil {
		return nil
	}
	var rules []rbacv1.PolicyRule
	switch role := h.role.Value.(type) {
	case *rbacv1.Role:
		rules = role.Rules
	case *rbacv1.ClusterRole:
		rules = role.Rules
	}
	var out []heldRight
	for i, rule := range rules {
		for _, x := range apart(rule) {
			out = append(out, heldRight{x, inventory.Spot{Object: h.role, Keys: []string{"rules", strconv.Itoa(i)}, Path: []string{"allow", x.String()}}})
		}
	}
	return out
}

// String says in a sentence where the rights hold.
func (h holding) String() string {
	what := h.binding.Kind + " " + h.binding.Name
	if at := h.binding.Origin; !h.binding.Raw && len(at) > 1 {
		what = "grant " + at[len(at)-1]
	}
	if h.namespace == "" {
		return what + " holds in every namespace"
	}
	return what + " holds in namespace " + h.namespace
}

// isFor reports whether the binding is for the subject, or for a group that the
// API server puts it into.
func (h holding) isFor(s rbacv1.Subject) bool {
	return slices.ContainsFunc(h.to, func(to rbacv1.Subject) bool {
		if to.Kind == s.Kind && to.Name == s.Name && to.Namespace == s.Namespace {
			return true
		}
		if to.Kind == rbacv1.GroupKind && to.Name == "system:authenticated" {
			return true
		}
		if s.Kind != rbacv1.ServiceAccountKind {
			return false
		}
		switch to.Kind {
		case rbacv1.UserKind:
			return to.Name == "system:serviceaccount:"+s.Namespace+":"+s.Name
		case rbacv1.GroupKind:
			return to.Name == "system:serviceaccounts" || to.Name == "system:serviceaccounts:"+s.Namespace
		}
		return false
	})
}

// accountsOf lists the accounts of a namespace that have rights, sorted. Rights
// of all of them are those of the one called default, too.
func accountsOf(namespace string, held []holding) []rbacv1.Subject {
	found := map[string]rbacv1.Subject{}
	for _, h := range held {
		for _, s := range h.to {
			name, user := strings.CutPrefix(s.Name, "system:serviceaccount:"+namespace+":")
			switch {
			case s.Kind == rbacv1.ServiceAccountKind && s.Namespace == namespace:
				name = s.Name
			case s.Kind == rbacv1.UserKind && user:
			case s.Kind == rbacv1.GroupKind && s.Name == "system:serviceaccounts:"+namespace:
				name = "default"
			default:
				continue
			}
			found[name] = rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name}
		}
	}
	var out []rbacv1.Subject
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[name])
	}
	return out
}
