package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/tests/e2e/rig"
)

// TestDryRun gives every rendered object to the API server of the clusters' own
// version, strictly: Flux itself drops fields that it does not know.
func TestDryRun(t *testing.T) {
	for _, cluster := range clusters(t) {
		t.Run(cluster, func(t *testing.T) {
			t.Parallel()
			s := open(t, cluster)
			s.start()
			objects := s.dryRun()

			mutant := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == "Deployment" })
			require.NotEqual(t, -1, mutant)
			require.NoError(t, unstructured.SetNestedField(objects[mutant].Object, int64(1), "spec", "replicass"))
			require.ErrorContains(t, s.Apply(objects[mutant], true), `.spec.replicass: field not declared in schema`, "a misspelt field must be refused")
			unstructured.RemoveNestedField(objects[mutant].Object, "spec", "replicass")
			s.admitted(objects)
			s.figures.print(t)
		})
	}
}

// dryRun applies every object strictly, as a dry run: none is refused.
func (s *scenario) dryRun() []*unstructured.Unstructured {
	s.Helper()
	objects := s.prepare()
	var refused []string
	for _, o := range objects {
		if err := s.Apply(o, true); err != nil {
			refused = append(refused, fmt.Sprintf("%s %s/%s: %v", o.GetKind(), o.GetNamespace(), o.GetName(), err))
		}
	}
	require.Empty(s, refused)
	s.figures.add("strict dry run", "%d objects, 0 refused", len(objects))
	return objects
}

// prepare defines the kinds that the tree uses and creates its namespaces, and
// returns every object that is rendered. SOPS files are given as the Secrets
// that they become, with other content.
func (s *scenario) prepare() []*unstructured.Unstructured {
	s.Helper()
	var objects []*unstructured.Unstructured
	defined := map[string]bool{}
	for _, o := range s.rendered.Objects() {
		u := s.object(o)
		if o.Verbatim != nil {
			veil(u)
		}
		objects = append(objects, u)
		if !defined[o.Group] {
			defined[o.Group] = true
			s.define(o.Group)
		}
	}
	for _, o := range objects {
		if o.GetKind() == "Namespace" {
			require.NoError(s, s.Apply(o, false))
		}
	}
	_, err := s.Client.CoreV1().Namespaces().Create(s.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "flux-system"}}, metav1.CreateOptions{})
	require.NoError(s, err)
	return objects
}

// define lets the API server know the kinds of a group that are not its own.
func (s *scenario) define(group string) {
	s.Helper()
	if scheme.Scheme.IsGroupRegistered(group) {
		return
	}
	definitions, err := s.binaries.Definitions(s.Context(), group)
	require.NoError(s, err)
	if definitions == nil {
		s.Logf("the definitions of %s cannot be had: its kinds take any field", group)
		definitions = s.minimal(group)
	}
	require.NoError(s, s.Define(definitions...))
}

// minimal defines the kinds of a group that the tree uses, in the least way.
func (s *scenario) minimal(group string) []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	seen := map[string]bool{}
	for _, o := range s.rendered.Objects() {
		if o.Group == group && !seen[o.Kind] {
			seen[o.Kind] = true
			out = append(out, rig.Minimal(s.object(o).GroupVersionKind(), o.Namespace != ""))
		}
	}
	return out
}

// veil makes a Secret of a SOPS file, with the same keys.
func veil(u *unstructured.Unstructured) {
	delete(u.Object, "sops")
	for _, field := range []string{"data", "stringData"} {
		if values, ok := u.Object[field].(map[string]any); ok {
			for key := range values {
				values[key] = "dmVpbGVk" // base64, which is text as well
			}
		}
	}
}

// synced lets Flux bring the unchanged tree up and checks what became of it.
func (s *scenario) synced() {
	s.Helper()
	revision := s.push()
	took := s.settled(revision)
	s.checkOrder()
	s.figures.add("first sync", "%d units, %d objects, Ready in %.0f s", len(s.rendered.Units), len(s.rendered.Objects()), took.Seconds())
	require.Empty(s, s.unhealthy(s.rendered.Units...))
	require.Empty(s, s.waiting())
	require.Empty(s, s.volumes.Refused())
	require.Empty(s, s.source.Absent())

	for _, o := range s.rendered.Objects() {
		if o.Verbatim == nil {
			continue
		}
		secret, err := s.Client.CoreV1().Secrets(o.Namespace).Get(s.Context(), o.Name, metav1.GetOptions{})
		require.NoError(s, err)
		require.NotEmpty(s, secret.Data)
		for key, value := range secret.Data {
			require.NotContains(s, string(value), "ENC[", "key %s of %s is not decrypted", key, o.ID)
		}
	}
}

// checkOrder holds what the Flux Kustomizations said of themselves against
// what is declared of their order and number.
func (s *scenario) checkOrder() {
	s.Helper()
	events := s.timeline.Events()
	require.Empty(s, rig.Disordered(events, s.after))
	most, names := rig.Crowded(events)
	require.LessOrEqual(s, most, s.loaded.Cluster.Rollout.Concurrent, "at once: %v", names)
	require.NotZero(s, most)
}

// unhealthy lists the workloads of units that do not run as they should, and
// claims that lost their volume. A unit that is Ready must have none.
func (s *scenario) unhealthy(units ...*manifest.Unit) []string {
	s.Helper()
	var out []string
	for _, u := range units {
		for _, o := range u.Objects {
			if why := s.sickness(o); why != "" {
				out = append(out, fmt.Sprintf("%s of unit %s: %s", o.ID, u.Name, why))
			}
		}
	}
	return out
}

func (s *scenario) sickness(o *manifest.Object) string {
	apps, ctx, get := s.Client.AppsV1(), s.Context(), metav1.GetOptions{}
	// As `kubectl rollout status` has it: all pods are new, and available.
	behind := func(generation, observed int64, want, all, updated, available int32) string {
		if observed < generation || updated < want || all > updated || available < updated {
			return fmt.Sprintf("of %d pods, %d are there, %d new and %d available", want, all, updated, available)
		}
		return ""
	}
	switch o.Kind {
	case "Deployment":
		d, err := apps.Deployments(o.Namespace).Get(ctx, o.Name, get)
		if err != nil {
			return err.Error()
		}
		return behind(d.Generation, d.Status.ObservedGeneration, replicas(d.Spec.Replicas), d.Status.Replicas, d.Status.UpdatedReplicas, d.Status.AvailableReplicas)
	case "StatefulSet":
		d, err := apps.StatefulSets(o.Namespace).Get(ctx, o.Name, get)
		if err != nil {
			return err.Error()
		}
		return behind(d.Generation, d.Status.ObservedGeneration, replicas(d.Spec.Replicas), d.Status.Replicas, d.Status.UpdatedReplicas, d.Status.AvailableReplicas)
	case "DaemonSet":
		d, err := apps.DaemonSets(o.Namespace).Get(ctx, o.Name, get)
		if err != nil {
			return err.Error()
		}
		return behind(d.Generation, d.Status.ObservedGeneration, d.Status.DesiredNumberScheduled, d.Status.CurrentNumberScheduled, d.Status.UpdatedNumberScheduled, d.Status.NumberAvailable)
	case "PersistentVolumeClaim":
		c, err := s.Client.CoreV1().PersistentVolumeClaims(o.Namespace).Get(ctx, o.Name, get)
		if err != nil {
			return err.Error()
		}
		if c.Status.Phase != corev1.ClaimBound && s.used(c) {
			return fmt.Sprintf("it is %s, and pods use it", c.Status.Phase)
		}
	}
	return ""
}

func replicas(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}

// used reports whether a pod mounts the claim.
func (s *scenario) used(c *corev1.PersistentVolumeClaim) bool {
	return slices.ContainsFunc(s.pods(c.Namespace), func(p corev1.Pod) bool {
		return slices.ContainsFunc(p.Spec.Volumes, func(v corev1.Volume) bool {
			return v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == c.Name
		})
	})
}

// waiting lists pods that do not run, charts' included.
func (s *scenario) waiting() []string {
	s.Helper()
	var out []string
	for _, p := range s.pods("") {
		if p.Status.Phase != corev1.PodRunning && p.Status.Phase != corev1.PodSucceeded && p.DeletionTimestamp == nil {
			out = append(out, fmt.Sprintf("pod %s/%s is %s: %s", p.Namespace, p.Name, p.Status.Phase, pending(p)))
		}
	}
	return out
}

// pods lists the pods of a namespace, or all.
func (s *scenario) pods(namespace string) []corev1.Pod {
	s.Helper()
	list, err := s.Client.CoreV1().Pods(namespace).List(s.Context(), metav1.ListOptions{})
	require.NoError(s, err)
	return list.Items
}

// pending tells why the scheduler has no place for a pod.
func pending(p corev1.Pod) string {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return c.Message
		}
	}
	return ""
}

// deployment is one of the tree's, as it stands.
func (s *scenario) deployment(namespace, name string) *appsv1.Deployment {
	s.Helper()
	d, err := s.Client.AppsV1().Deployments(namespace).Get(s.Context(), name, metav1.GetOptions{})
	require.NoError(s, err)
	return d
}

// print tells the figures, as rows of the table in docs/e2e.md.
func (f *figures) print(t *testing.T) {
	t.Helper()
	t.Log("\n" + strings.Join(f.rows, "\n"))
}
