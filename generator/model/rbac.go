package model

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// RBAC mirrors #RBAC.
type RBAC struct {
	Allow    map[string][]string `json:"allow,omitempty"`
	User     string              `json:"user,omitempty"`
	Group    string              `json:"group,omitempty"`
	Account  string              `json:"account,omitempty"`
	Grants   map[string]*Grant   `json:"grants,omitempty"`
	Boundary []string            `json:"boundary,omitempty"`
}

// Forms are the fields that say what the entry is, sorted. A sound one has one of them.
func (e *RBAC) Forms() []string {
	var out []string
	for form, said := range map[string]bool{"allow": len(e.Allow) > 0, "user": e.User != "", "group": e.Group != "", "account": e.Account != ""} {
		if said {
			out = append(out, form)
		}
	}
	slices.Sort(out)
	return out
}

// Kubernetes says whether the entry is about a name that begins with system:, which is one
// of Kubernetes' own.
func (e *RBAC) Kubernetes() bool { return strings.HasPrefix(e.User+e.Group+e.Account, "system:") }

// Holder is whom an entry gives rights, as the API server calls them.
type Holder struct{ Kind, Namespace, Name string }

// Holder returns whom the entry is about. It returns false for a role, and for an entry
// that is refused.
func (e *RBAC) Holder() (Holder, bool) {
	switch {
	case len(e.Forms()) != 1 || len(e.Allow) > 0 || e.Kubernetes():
		return Holder{}, false
	case e.User != "":
		return Holder{Kind: "User", Name: e.User}, true
	case e.Group != "":
		return Holder{Kind: "Group", Name: e.Group}, true
	}
	namespace, account, _ := strings.Cut(e.Account, "/")
	if len(validation.IsDNS1123Label(namespace)) > 0 || len(validation.IsDNS1123Subdomain(account)) > 0 || account == "default" {
		return Holder{}, false
	}
	return Holder{Kind: "ServiceAccount", Namespace: namespace, Name: account}, true
}
