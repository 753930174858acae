package rig

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Account is a ServiceAccount.
type Account struct{ Namespace, Name string }

// User is the name that the API server knows the account by.
func (a Account) User() string { return "system:serviceaccount:" + a.Namespace + ":" + a.Name }

// Groups are those that the API server puts the account in.
func (a Account) Groups() []string {
	return []string{"system:serviceaccounts", "system:serviceaccounts:" + a.Namespace, "system:authenticated"}
}

// As connects as the account, with its rights.
func (r *Rig) As(a Account) *rest.Config {
	config := rest.CopyConfig(r.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: a.User(), Groups: a.Groups()}
	return config
}

// Right is something that may be asked of the API server: a verb on a resource, or on
// a URL. Without a namespace it is asked of the whole cluster, without a name of every
// object.
type Right struct{ Namespace, Group, Resource, Name, Path, Verb string }

func (r Right) String() string {
	what := r.Path
	if what == "" {
		what = strings.TrimSuffix(r.Resource+"."+r.Group, ".")
	}
	out := r.Verb + " " + what
	if r.Name != "" {
		out += " called " + r.Name
	}
	switch {
	case r.Path != "":
	case r.Namespace == "":
		out += " in the whole cluster"
	default:
		out += " in namespace " + r.Namespace
	}
	return out
}

// Questions are what the API server can be asked.
type Questions struct {
	// Namespaces has "" for the whole cluster.
	Namespaces []string
	Resources  []metav1.GroupResource
	Verbs      []string
	Paths      []string
}

// Everything is each verb on each resource and subresource that the API server serves
// in each namespace and in the whole cluster, and on its URLs; and besides them what
// only authorizers know.
func (r *Rig) Everything(ctx context.Context) (Questions, error) {
	q := Questions{
		Namespaces: []string{""},
		Resources: []metav1.GroupResource{
			{Group: "*", Resource: "*"}, {Resource: "*"}, {Resource: "users"}, {Resource: "groups"},
			{Group: "authentication.k8s.io", Resource: "uids"}, {Group: "authentication.k8s.io", Resource: "userextras/scopes"},
			{Group: "certificates.k8s.io", Resource: "signers"},
		},
		// The last ones impersonate, widen one's rights, and let certificates be made.
		Verbs: []string{"*", "proxy", "use", "impersonate", "bind", "escalate", "approve", "sign", "attest", "request-serviceaccounts-token-audience"},
		Paths: []string{"/", "/*", "/logs", "/logs/kube-apiserver.log", "/debug/pprof", "/debug/pprof/profile", "/configz", "/statusz", "/flagz"},
	}
	namespaces, err := r.Client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	if err != nil {
		return q, r.explain(err)
	}
	for _, ns := range namespaces.Items {
		q.Namespaces = append(q.Namespaces, ns.Name)
	}
	_, lists, err := r.Client.Discovery().ServerGroupsAndResources()
	if err != nil {
		return q, r.explain(err)
	}
	for _, list := range lists {
		group, _, named := strings.Cut(list.GroupVersion, "/")
		if !named {
			group = ""
		}
		for _, one := range list.APIResources {
			q.Resources = append(q.Resources, metav1.GroupResource{Group: group, Resource: one.Name})
			q.Verbs = append(q.Verbs, one.Verbs...)
		}
	}
	b, err := r.Client.Discovery().RESTClient().Get().AbsPath("/").DoRaw(ctx)
	if err != nil {
		return q, r.explain(err)
	}
	var root metav1.RootPaths
	if err := json.Unmarshal(b, &root); err != nil {
		return q, err
	}
	q.Paths = append(q.Paths, root.Paths...)
	// A group may be served in several versions.
	slices.SortFunc(q.Resources, func(a, b metav1.GroupResource) int { return strings.Compare(a.String(), b.String()) })
	q.Resources = slices.Compact(q.Resources)
	slices.Sort(q.Verbs)
	q.Verbs = slices.Compact(q.Verbs)
	return q, nil
}

// askers is how many questions are asked at a time.
const askers = 16

// May asks every question about the account, and returns what it may and how many
// were asked.
func (r *Rig) May(ctx context.Context, a Account, q Questions) (map[Right]bool, int, error) {
	var all []Right
	for _, resource := range q.Resources {
		for _, ns := range q.Namespaces {
			for _, verb := range q.Verbs {
				all = append(all, Right{Namespace: ns, Group: resource.Group, Resource: resource.Resource, Verb: verb})
			}
		}
	}
	for _, path := range q.Paths {
		for _, verb := range []string{"*", "get", "head", "post", "put", "patch", "delete", "options"} {
			all = append(all, Right{Path: path, Verb: verb})
		}
	}
	config := rest.CopyConfig(r.Config)
	config.QPS, config.ContentType = -1, runtime.ContentTypeProtobuf
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, 0, err
	}
	answers := make([]bool, len(all))
	group, ctx := errgroup.WithContext(ctx)
	for worker := range askers {
		group.Go(func() error {
			for i := worker; i < len(all); i += askers {
				review, err := client.AuthorizationV1().SubjectAccessReviews().Create(ctx, all[i].review(a), metav1.CreateOptions{})
				if err != nil {
					return r.explain(fmt.Errorf("ask whether %s may %s: %w", a.User(), all[i], err))
				}
				if review.Status.EvaluationError != "" {
					return fmt.Errorf("ask whether %s may %s: %s", a.User(), all[i], review.Status.EvaluationError)
				}
				answers[i] = review.Status.Allowed
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, 0, err
	}
	out := map[Right]bool{}
	for i, yes := range answers {
		if yes {
			out[all[i]] = true
		}
	}
	return out, len(all), nil
}

// review is the question.
func (r Right) review(a Account) *authorizationv1.SubjectAccessReview {
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{User: a.User(), Groups: a.Groups()}}
	if r.Path != "" {
		review.Spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Path: r.Path, Verb: r.Verb}
		return review
	}
	resource, subresource, _ := strings.Cut(r.Resource, "/")
	review.Spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
		Namespace: r.Namespace, Verb: r.Verb, Group: r.Group, Resource: resource, Subresource: subresource, Name: r.Name,
	}
	return review
}

// Ruled is what the rules say that hold for the account in the namespaces, as they are
// written: also of single names, and of kinds that nobody serves. Rules of the whole
// cluster are told of each namespace.
func (r *Rig) Ruled(ctx context.Context, a Account, namespaces []string) (map[Right]bool, error) {
	client, err := kubernetes.NewForConfig(r.As(a))
	if err != nil {
		return nil, err
	}
	out := map[Right]bool{}
	for _, ns := range namespaces {
		if ns == "" {
			continue
		}
		review, err := client.AuthorizationV1().SelfSubjectRulesReviews().Create(ctx, &authorizationv1.SelfSubjectRulesReview{
			Spec: authorizationv1.SelfSubjectRulesReviewSpec{Namespace: ns},
		}, metav1.CreateOptions{})
		if err != nil {
			return nil, r.explain(err)
		}
		if review.Status.Incomplete || review.Status.EvaluationError != "" {
			return nil, fmt.Errorf("the rules for %s in namespace %s are not all told: %s", a.User(), ns, review.Status.EvaluationError)
		}
		for _, rule := range review.Status.ResourceRules {
			names := rule.ResourceNames
			if len(names) == 0 {
				names = []string{""}
			}
			for _, group := range rule.APIGroups {
				for _, resource := range rule.Resources {
					for _, verb := range rule.Verbs {
						for _, name := range names {
							out[Right{Namespace: ns, Group: group, Resource: resource, Name: name, Verb: verb}] = true
						}
					}
				}
			}
		}
		for _, rule := range review.Status.NonResourceRules {
			for _, path := range rule.NonResourceURLs {
				for _, verb := range rule.Verbs {
					out[Right{Path: path, Verb: verb}] = true
				}
			}
		}
	}
	return out, nil
}
