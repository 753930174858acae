package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	sigsyaml "sigs.k8s.io/yaml"

	"stillsuit.dev/tests/e2e/rig"
)

const workspace = "sietch-sentia"

// way is something that the agent of arrakeen asks of the API server. What it consists
// of is told in testdata/ways.yaml.
type way struct {
	To     string            `json:"to"`
	By     string            `json:"by"`
	Answer string            `json:"answer"`
	Verb   string            `json:"verb"`
	Sub    string            `json:"sub"`
	Object map[string]any    `json:"object"`
	Pod    map[string]any    `json:"pod"`
	Main   map[string]any    `json:"container"`
	Labels map[string]string `json:"labels"`
	Notes  map[string]string `json:"annotations"`
}

// ways are all that the agent tries.
func ways(t *testing.T) []way {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "ways.yaml"))
	require.NoError(t, err)
	var groups []struct {
		Group string `json:"group"`
		Ways  []way  `json:"ways"`
	}
	require.NoError(t, sigsyaml.UnmarshalStrict(text, &groups))
	var out []way
	for _, g := range groups {
		for _, w := range g.Ways {
			require.Equal(t, w.By == "", w.Answer == "", w.To)
			require.NotEqual(t, w.Object == nil, w.Pod == nil && w.Main == nil, w.To)
			out = append(out, w)
		}
	}
	return out
}

// asked is the object that the agent sends, or the changes that it makes to one.
func (w way) asked() *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: w.Object}
	if w.Object == nil {
		u = runnable("tried")
		spec := u.Object["spec"].(map[string]any)
		maps.Copy(spec, w.Pod)
		maps.Copy(spec["containers"].([]any)[0].(map[string]any), w.Main)
		u.SetLabels(w.Labels)
		u.SetAnnotations(w.Notes)
	}
	u = u.DeepCopy()
	if u.GetName() == "" {
		u.SetName("tried")
	}
	if _, said, _ := unstructured.NestedString(u.Object, "metadata", "namespace"); !said {
		u.SetNamespace(workspace)
	}
	return u
}

// runnable is a pod that the agent may have.
func runnable(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name, "namespace": workspace},
		"spec": map[string]any{
			"automountServiceAccountToken": false,
			"securityContext":              map[string]any{"runAsNonRoot": true, "runAsUser": int64(101), "seccompProfile": map[string]any{"type": "RuntimeDefault"}},
			"containers": []any{map[string]any{
				"name": "main", "image": "docker.io/library/nginx:1.31-alpine",
				"securityContext": map[string]any{"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": []any{"ALL"}}},
			}},
		},
	}}
}

// TestWays lets the agent of arrakeen try to leave its workspace, with the rights of its
// ServiceAccount, in a cluster that holds what Flux would have applied for it.
func TestWays(t *testing.T) {
	t.Parallel()
	s := open(t, "arrakeen")
	s.start()
	objects := s.prepare()
	s.administrates(flux())
	as, err := dynamic.NewForConfig(s.As(flux()))
	require.NoError(t, err)
	for _, o := range objects {
		if o.GetNamespace() == workspace || o.GetKind() == "ServiceAccount" || o.GroupVersionKind().Group == "admissionregistration.k8s.io" {
			resource, err := s.at(as, o)
			require.NoError(t, err)
			require.NoError(t, s.Await(fmt.Sprintf("%s %s", o.GetKind(), o.GetName()), time.Minute, func(ctx context.Context) (bool, error) {
				_, err := resource.Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: "kustomize-controller", Force: true})
				if apierrors.IsForbidden(err) { // the API server knows the rights of Flux a moment later
					return false, nil
				}
				return err == nil, err
			}))
		}
	}
	require.NoError(t, s.Await("our pods to run", time.Minute, func(context.Context) (bool, error) {
		return len(s.pods(workspace)) > 0 && len(s.waiting()) == 0, nil
	}))
	_, err = s.Client.NodeV1().RuntimeClasses().Create(t.Context(), &nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: "nvidia"}, Handler: "nvidia"}, metav1.CreateOptions{})
	require.NoError(t, err)
	s.tried()
	s.opened()
	s.figures.print(t)
}

// opened takes a rule of the workspace away, and shows that this is noticed.
func (s *scenario) opened() {
	s.Helper()
	const rule, to = "workspace-" + workspace + "-ours", "our Service for its pods"
	as, err := dynamic.NewForConfig(s.As(agent()))
	require.NoError(s, err)
	all := ways(s.T)
	i := slices.IndexFunc(all, func(w way) bool { return w.To == to })
	require.NotEqual(s, -1, i)
	require.Error(s, s.try(as, all[i]))
	require.NoError(s, s.Remove(&unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding", "metadata": map[string]any{"name": rule},
	}}))
	require.NoError(s, s.Await("a way out without rule "+rule, time.Minute, func(context.Context) (bool, error) { return s.try(as, all[i]) == nil, nil }))
}

// agent is the account that may deploy into the workspace.
func agent() rig.Account { return rig.Account{Namespace: "openclaw", Name: "sententia"} }

// tried lets the agent try everything, and shows what each answer is.
func (s *scenario) tried() {
	s.Helper()
	as, err := dynamic.NewForConfig(s.As(agent()))
	require.NoError(s, err)
	classes := s.Client.SchedulingV1().PriorityClasses()
	_, err = classes.Create(s.Context(), &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: "tried"}, Value: 1}, metav1.CreateOptions{})
	require.NoError(s, err)
	s.Mapper.Reset() // some kinds came with charts
	own := s.agents(as)
	all := ways(s.T)
	var wrong []string
	// The API server asks its policies a moment after they were applied.
	_ = s.Await("the answers", 20*time.Second, func(context.Context) (bool, error) {
		wrong = nil
		for _, w := range all {
			err := s.try(as, w)
			switch {
			case w.By == "" && err != nil:
				wrong = append(wrong, fmt.Sprintf("it may not have %s: %v", w.To, err))
			case w.By != "" && err == nil:
				wrong = append(wrong, fmt.Sprintf("it gets %s", w.To))
			case w.By != "" && (!apierrors.IsForbidden(err) && !apierrors.IsInvalid(err) || !regexp.MustCompile(w.Answer).MatchString(err.Error())):
				wrong = append(wrong, fmt.Sprintf("%s is refused otherwise: %v", w.To, err))
			}
		}
		return len(wrong) == 0, nil
	})
	require.Empty(s, wrong, strings.Join(wrong, "\n"))
	for _, o := range own {
		require.NoError(s, s.Remove(o))
	}
	require.NoError(s, classes.Delete(s.Context(), "tried", metav1.DeleteOptions{}))
	require.NoError(s, s.Await("the agent's pods to be gone", time.Minute, func(context.Context) (bool, error) {
		return !slices.ContainsFunc(s.pods(workspace), func(p corev1.Pod) bool { return p.Labels["app.kubernetes.io/managed-by"] != "stillsuit" }), nil
	}))
	s.figures.add("ways out that the agent tries", "%d, each answered as declared", len(slices.DeleteFunc(all, func(w way) bool { return w.By == "" })))
}

// agents are objects that the agent makes, to change them.
func (s *scenario) agents(as dynamic.Interface) []*unstructured.Unstructured {
	s.Helper()
	out := []*unstructured.Unstructured{runnable("own")}
	for _, w := range ways(s.T)[:4] {
		if w.Object != nil {
			u := w.asked()
			u.SetName("own")
			out = append(out, u)
		}
	}
	for _, u := range out {
		resource, err := s.at(as, u)
		require.NoError(s, err)
		_, err = resource.Create(s.Context(), u, metav1.CreateOptions{})
		require.NoError(s, err, u.GetKind())
	}
	return out
}

// at is where the API server keeps objects of u's kind.
func (s *scenario) at(as dynamic.Interface, u *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	mapping, err := s.Mapper.RESTMapping(u.GroupVersionKind().GroupKind(), u.GroupVersionKind().Version)
	if err != nil {
		return nil, err
	}
	if u.GetNamespace() == "" {
		return as.Resource(mapping.Resource), nil
	}
	return as.Resource(mapping.Resource).Namespace(u.GetNamespace()), nil
}

// try asks the API server without anything coming of it.
func (s *scenario) try(as dynamic.Interface, w way) error {
	s.Helper()
	u := w.asked()
	resource, err := s.at(as, u)
	require.NoError(s, err, w.To)
	dry := []string{metav1.DryRunAll}
	var sub []string
	if w.Sub != "" {
		sub = []string{w.Sub}
	}
	switch w.Verb {
	case "", "create":
		_, err = resource.Create(s.Context(), u, metav1.CreateOptions{DryRun: dry}, sub...)
	case "update":
		there, err := s.Get(u)
		require.NoError(s, err, w.To)
		merge(there.Object, u.Object)
		_, err = resource.Update(s.Context(), there, metav1.UpdateOptions{DryRun: dry}, sub...)
		return err
	case "delete":
		err = resource.Delete(s.Context(), u.GetName(), metav1.DeleteOptions{DryRun: dry}, sub...)
	case "deletecollection":
		err = resource.DeleteCollection(s.Context(), metav1.DeleteOptions{DryRun: dry}, metav1.ListOptions{})
	case "get":
		_, err = resource.Get(s.Context(), u.GetName(), metav1.GetOptions{}, sub...)
	default:
		require.Fail(s, "there is no such verb", w.Verb)
	}
	return err
}

// merge changes fields of an object, as a JSON merge patch does, and the first
// elements of its lists.
func merge(into, from map[string]any) {
	for key, value := range from {
		switch value := value.(type) {
		case nil:
			delete(into, key)
			continue
		case map[string]any:
			if below, ok := into[key].(map[string]any); ok {
				merge(below, value)
				continue
			}
		case []any:
			if list, ok := into[key].([]any); ok {
				for i, element := range value {
					if below, ok := list[i].(map[string]any); ok {
						merge(below, element.(map[string]any))
					}
				}
				continue
			}
		}
		into[key] = value
	}
}
