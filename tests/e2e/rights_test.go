package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

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

// widened gives the account rights in other ways, and shows that each is noticed. The
// cluster's own policy keeps them out, and is taken away for that.
func (s *scenario) widened(a bounded, all rig.Questions) {
	s.Helper()
	objects, err := rig.Parse(fmt.Sprintf(`
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: e2e-mutant}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:serviceaccounts:%[1]s"}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: e2e-mutant, namespace: kube-public}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: e2e-mutant}, subjects: [{kind: ServiceAccount, namespace: %[1]s, name: %[2]s}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: e2e-mutant, namespace: kube-public}, rules: [{apiGroups: [""], resources: [secrets], resourceNames: [one], verbs: [get]}]}`, a.Namespace, a.Name))
	require.NoError(s, err)
	var guard []*unstructured.Unstructured
	for _, o := range s.rendered.Objects() {
		if o.Kind == "ValidatingAdmissionPolicyBinding" && o.Name == "agent-boundaries" {
			guard = append(guard, s.object(o))
		}
	}
	for _, o := range guard {
		for _, mutant := range objects[:2] {
			require.ErrorContains(s, s.Apply(mutant, true), "'agent-boundaries'")
		}
		require.NoError(s, s.Remove(o))
	}
	few := all // of the kinds that the mutants are about
	few.Resources = []metav1.GroupResource{{Resource: "configmaps"}, {Resource: "secrets"}}
	for i, noticed := range []string{"it may list configmaps in namespace kube-system", "its rules let it get secrets called one in namespace kube-public"} {
		made := objects[i : i+1]
		if i == 1 {
			made = objects[1:]
		}
		require.NoError(s, s.Await("a mutant to be noticed: "+noticed, time.Minute, func(context.Context) (bool, error) {
			for _, o := range made { // the API server forgets the policy after a moment
				if err := s.Apply(o, false); err != nil {
					return false, nil
				}
			}
			wrong, _ := s.differing(a, few)
			return slices.Contains(wrong, noticed), nil
		}))
		for _, o := range made {
			require.NoError(s, s.Remove(o))
		}
	}
	for _, o := range guard {
		require.NoError(s, s.Apply(o, false))
	}
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
