package admission_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// pods are policies about pods, of the kinds that a library has.
func pods(t testing.TB, n int) []*admission.Policy {
	t.Helper()
	rules := []string{
		`object.spec.containers.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits)`,
		`object.spec.containers.all(c, !c.image.endsWith(':latest') && c.image.contains(':'))`,
		`object.spec.containers.all(c, c.?securityContext.?privileged.orValue(false) == false)`,
		`!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false)`,
		`object.spec.?volumes.orValue([]).all(v, !has(v.hostPath))`,
	}
	var out []*admission.Policy
	for i := range n {
		p, err := admission.Parse(fmt.Appendf(nil, `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: p%02d}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [pods], operations: [CREATE, UPDATE]}]}
  variables: [{name: all, expression: 'object.spec.containers + object.spec.?initContainers.orValue([])'}]
  validations:
    - {expression: %q, message: 'no'}
    - {expression: 'variables.all.size() < 10', message: too many}
`, i, rules[i%len(rules)]))
		require.NoError(t, err)
		out = append(out, p)
	}
	return out
}

func deployments(n int) []*manifest.Object {
	var out []*manifest.Object
	for i := range n {
		d := &appsv1.Deployment{}
		d.APIVersion, d.Kind, d.Name, d.Namespace = "apps/v1", "Deployment", fmt.Sprintf("web-%04d", i), fmt.Sprintf("n%d", i%20)
		c := corev1.Container{Name: "web", Image: "docker.io/library/nginx:1.29", Ports: []corev1.ContainerPort{{ContainerPort: 80}}}
		if i%12 != 0 {
			c.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")}
		}
		d.Spec.Template.Labels = map[string]string{"app": d.Name}
		d.Spec.Template.Spec.Containers = []corev1.Container{c, {Name: "log", Image: "docker.io/library/busybox:1.37"}}
		out = append(out, &manifest.Object{ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: d.Namespace, Name: d.Name}, APIVersion: "apps/v1", Value: d})
	}
	return out
}

func BenchmarkCompile(b *testing.B) {
	given := pods(b, 20)
	for b.Loop() {
		_, unasked, err := admission.NewEvaluator(given)
		require.NoError(b, err)
		require.Empty(b, unasked)
	}
}

func BenchmarkWorld(b *testing.B) {
	objects := deployments(1000)
	for b.Loop() {
		_, err := admission.NewWorld(objects, nil)
		require.NoError(b, err)
	}
}

// BenchmarkAsk asks 20 policies about 1 000 and 10 000 Deployments.
func BenchmarkAsk(b *testing.B) {
	evaluator, _, err := admission.NewEvaluator(pods(b, 20))
	require.NoError(b, err)
	for _, n := range []int{1000, 10000} {
		world, err := admission.NewWorld(deployments(n), nil)
		require.NoError(b, err)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				verdicts, _, err := evaluator.Ask(world, nil)
				require.NoError(b, err)
				require.Len(b, verdicts, 20*n)
			}
		})
	}
}
