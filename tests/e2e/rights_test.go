package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/tests/e2e/rig"
)

// bounded is an account with a boundary, and what the cluster's CUE says of it.
type bounded struct {
	rig.Account
	boundary []string
	granted  map[rig.Right]bool
}

// rights asks the API server for everything that an account with a boundary could do,
// and holds the answers against what is declared.
func (s *scenario) rights() {
	s.Helper()
	all, err := s.Everything(s.Context())
	require.NoError(s, err)
	accounts := s.bounded(all)
	require.NotEmpty(s, accounts)
	for _, a := range accounts {
		began := time.Now()
		wrong, asked := s.differing(a, all)
		require.Empty(s, wrong, a)
		s.figures.add("rights of "+a.Name, "%d asked in %.0f s: %d granted, as declared, and no other", asked, time.Since(began).Seconds(), len(a.granted))
	}
	s.widened(accounts[0], all)
}

// differing lists what an account may do otherwise than is declared: what it may and
// was not granted, and the other way round. asked is how many questions were asked.
func (s *scenario) differing(a bounded, all rig.Questions) (wrong []string, asked int) {
	s.Helper()
	may, asked, err := s.May(s.Context(), a.Account, all)
	require.NoError(s, err)
	ruled, err := s.Ruled(s.Context(), a.Account, all.Namespaces)
	require.NoError(s, err)
	for r := range may {
		if !a.granted[r] && !everybodys(r) {
			wrong = append(wrong, fmt.Sprintf("it may %s", r))
		}
	}
	for r := range ruled { // also those on names, and on kinds that nobody serves
		if !a.granted[r] && !everybodys(r) {
			wrong = append(wrong, fmt.Sprintf("its rules let it %s", r))
		}
	}
	for r := range a.granted {
		if !may[r] || !ruled[r] {
			wrong = append(wrong, fmt.Sprintf("it may not %s", r))
		}
		if !slices.Contains(a.boundary, r.Namespace) {
			wrong = append(wrong, fmt.Sprintf("it is granted outside of its boundary: %s", r))
		}
	}
	slices.Sort(wrong)
	return wrong, asked
}

// widened gives the account rights in other ways, and shows that each is noticed.
func (s *scenario) widened(a bounded, all rig.Questions) {
	s.Helper()
	rbac := s.Client.RbacV1()
	meta := metav1.ObjectMeta{Name: "e2e-mutant"}
	few := all // of the kinds that the mutants are about
	few.Resources = []metav1.GroupResource{{Resource: "configmaps"}, {Resource: "secrets"}}
	noticed := func(what string) {
		s.Helper()
		require.NoError(s, s.Await("a mutant to be noticed: "+what, time.Minute, func(context.Context) (bool, error) {
			wrong, _ := s.differing(a, few)
			return slices.Contains(wrong, what), nil
		}))
	}
	_, err := rbac.ClusterRoleBindings().Create(s.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: "system:serviceaccounts:" + a.Namespace}},
	}, metav1.CreateOptions{})
	require.NoError(s, err)
	noticed("it may list configmaps in namespace kube-system")
	require.NoError(s, rbac.ClusterRoleBindings().Delete(s.Context(), meta.Name, metav1.DeleteOptions{}))

	meta.Namespace = a.boundary[0]
	_, err = rbac.Roles(meta.Namespace).Create(s.Context(), &rbacv1.Role{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{"one"}, Verbs: []string{"get"}},
	}}, metav1.CreateOptions{})
	require.NoError(s, err)
	_, err = rbac.RoleBindings(meta.Namespace).Create(s.Context(), &rbacv1.RoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: meta.Name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: a.Namespace, Name: a.Name}},
	}, metav1.CreateOptions{})
	require.NoError(s, err)
	noticed("its rules let it get secrets called one in namespace " + meta.Namespace)
	require.NoError(s, rbac.RoleBindings(meta.Namespace).Delete(s.Context(), meta.Name, metav1.DeleteOptions{}))
	require.NoError(s, rbac.Roles(meta.Namespace).Delete(s.Context(), meta.Name, metav1.DeleteOptions{}))
}

// bounded are the accounts with a boundary, of apps and of entries of rbac, with the
// rights that CUE gives them. It does not look at what is rendered.
func (s *scenario) bounded(all rig.Questions) []bounded {
	s.Helper()
	out := map[rig.Account]*bounded{}
	of := func(namespace, name string) *bounded {
		a := rig.Account{Namespace: namespace, Name: name}
		if out[a] == nil {
			out[a] = &bounded{Account: a, granted: map[rig.Right]bool{}}
		}
		return out[a]
	}
	for name, app := range s.loaded.Apps {
		for part, w := range app.Workloads {
			account := app.Account
			if account == "" {
				account = strings.TrimSuffix(name+"-"+part, "-")
			}
			b := of(app.Namespace, account)
			b.boundary = append(b.boundary, app.Boundary...)
			for _, g := range w.Grants {
				s.grant(b, g, all)
			}
		}
	}
	for _, entry := range s.loaded.RBAC {
		if namespace, name, found := strings.Cut(entry.Account, "/"); found {
			b := of(namespace, name)
			b.boundary = append(b.boundary, entry.Boundary...)
			for _, g := range entry.Grants {
				s.grant(b, g, all)
			}
		}
	}
	var sorted []bounded
	for _, b := range out {
		if len(b.boundary) > 0 {
			require.NotEmpty(s, b.granted, "%s has a boundary and no rights", b.Account)
			sorted = append(sorted, *b)
		}
	}
	slices.SortFunc(sorted, func(a, b bounded) int { return strings.Compare(a.User(), b.User()) })
	return sorted
}

// grant adds what a grant allows. Each right must be one that is asked for.
func (s *scenario) grant(b *bounded, g *model.Grant, all rig.Questions) {
	s.Helper()
	allow, namespace := g.Allow, g.In
	if g.Role != "" {
		allow = s.loaded.RBAC[g.Role].Allow
	}
	if namespace == "" {
		namespace = b.Namespace
	}
	for what, verbs := range allow {
		// "pods/log" is a resource of the core group, "apps/deployments" one of apps.
		resource := metav1.GroupResource{Resource: what}
		if group, name, found := strings.Cut(what, "/"); found && !slices.Contains(all.Resources, resource) {
			resource = metav1.GroupResource{Group: group, Resource: name}
		}
		require.Contains(s, all.Resources, resource)
		require.Contains(s, all.Namespaces, namespace)
		require.Subset(s, all.Verbs, verbs)
		for _, verb := range verbs {
			b.granted[rig.Right{Namespace: namespace, Group: resource.Group, Resource: resource.Resource, Verb: verb}] = true
		}
	}
}

// everybodys reports rights that Kubernetes gives each ServiceAccount, by its own roles
// system:basic-user, system:discovery, system:public-info-viewer and
// system:service-account-issuer-discovery.
func everybodys(r rig.Right) bool {
	switch {
	case r.Path != "":
		return r.Verb == "get" && (slices.Contains(openPaths(), r.Path) || slices.ContainsFunc(openPaths(), func(open string) bool {
			below, all := strings.CutSuffix(open, "*")
			return all && strings.HasPrefix(r.Path, below)
		}))
	case r.Name != "" || r.Verb != "create":
		return false
	case r.Group == "authentication.k8s.io":
		return r.Resource == "selfsubjectreviews"
	}
	return r.Group == "authorization.k8s.io" && (r.Resource == "selfsubjectaccessreviews" || r.Resource == "selfsubjectrulesreviews")
}

func openPaths() []string {
	return []string{
		"/livez", "/readyz", "/healthz", "/version", "/version/", "/openapi", "/openapi/*", "/api", "/api/*", "/apis", "/apis/*",
		"/.well-known/openid-configuration", "/.well-known/openid-configuration/", "/openid/v1/jwks", "/openid/v1/jwks/",
	}
}
