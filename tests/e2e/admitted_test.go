package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"stillsuit.dev/checks"

	"stillsuit.dev/checks/policies"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/tests/e2e/rig"
)

const kyvernoGroup = "policies.kyverno.io"

// admitted lets the cluster hold the tree to its own policies, with its parameters and
// exceptions, first as they are rendered and then so that each denies what it refuses.
// Flux may apply every object, and `stillsuit check` says the same.
func (s *scenario) admitted(objects []*unstructured.Unstructured) {
	s.Helper()
	rules := s.rules(objects)
	require.NotEmpty(s, rules, "the cluster chose no policies")
	s.stage()
	asker, err := s.Asker(flux())
	require.NoError(s, err)
	byKyverno := slices.ContainsFunc(rules, func(o *unstructured.Unstructured) bool { return o.GroupVersionKind().Group == kyvernoGroup })
	if byKyverno {
		require.NoError(s, s.InstallKyverno())
		require.NoError(s, s.RunKyverno(s.takesExceptions()...))
	}
	for _, o := range rules {
		require.NoError(s, s.Apply(o, false), o.GetName())
	}
	began := time.Now()
	require.Empty(s, s.refused(asker, objects), "as rendered")

	// Each denies, and tells of it.
	chosen := map[string]bool{}
	for _, o := range rules {
		name := strings.TrimSuffix(strings.TrimSuffix(o.GetName(), "-controllers"), "-cronjobs")
		switch o.GetKind() {
		case "ValidatingPolicy":
			require.NoError(s, unstructured.SetNestedStringSlice(o.Object, []string{"Deny", "Warn"}, "spec", "validationActions"))
		case "ValidatingAdmissionPolicyBinding":
			o = binding(o.GetName(), "Warn") // the other one denies
		default:
			continue
		}
		chosen[name] = true
		require.NoError(s, s.Apply(o, false), o.GetName())
	}
	s.verdicts(chosen, asker)
	require.Empty(s, s.refused(asker, objects), "denying")
	require.Empty(s, s.checked())
	s.figures.add("objects held to the cluster's policies", "%d policies, %d objects asked for twice in %.0f s: 0 refused, as `stillsuit check` says", len(chosen), len(objects), time.Since(began).Seconds())

	i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == "Deployment" })
	require.NotEqual(s, -1, i)
	mutant := objects[i].DeepCopy()
	containers, _, _ := unstructured.NestedSlice(mutant.Object, "spec", "template", "spec", "containers")
	containers[0].(map[string]any)["image"] = "registry.example/other:1.0.0"
	require.NoError(s, unstructured.SetNestedSlice(mutant.Object, containers, "spec", "template", "spec", "containers"))
	require.Contains(s, strings.Join(s.refused(asker, []*unstructured.Unstructured{mutant}), ""), "image-registries: ", "an image of another registry must be refused")
}

// rules are the objects of the tree that are policies of the library, and what belongs
// to them.
func (s *scenario) rules(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	s.Helper()
	all, err := admission.Load(library.FS)
	require.NoError(s, err)
	var out []*unstructured.Unstructured
	for _, o := range objects {
		of := func(p *admission.Policy) bool {
			return slices.Contains([]string{p.Name, p.Name + "-controllers", p.Name + "-cronjobs"}, o.GetName())
		}
		switch o.GroupVersionKind().Group {
		case kyvernoGroup:
			out = append(out, o.DeepCopy())
		case "admissionregistration.k8s.io":
			if slices.ContainsFunc(all, of) {
				out = append(out, o.DeepCopy())
			}
		}
	}
	return out
}

// takesExceptions are the flags that Kyverno's chart makes of the cluster's values
// (chart 3.9, templates/_helpers.tpl).
func (s *scenario) takesExceptions() []string {
	s.Helper()
	for _, c := range s.loaded.Charts {
		if slices.Contains(c.Provides, kyvernoGroup) {
			enabled, _, _ := unstructured.NestedBool(c.Values, "features", "policyExceptions", "enabled")
			namespace, _, _ := unstructured.NestedString(c.Values, "features", "policyExceptions", "namespace")
			return []string{fmt.Sprintf("--enablePolicyException=%t", enabled), "--exceptionNamespace=" + namespace}
		}
	}
	return nil
}

// refused asks for each object as Flux applies it.
func (s *scenario) refused(asker *rig.Asker, objects []*unstructured.Unstructured) []string {
	s.Helper()
	var out []string
	for _, o := range objects {
		warnings, err := asker.Apply(o)
		if policies := told(warnings); err != nil || len(policies) > 0 {
			out = append(out, fmt.Sprintf("%s %s/%s: %v\n%s", o.GetKind(), o.GetNamespace(), o.GetName(), err, policies))
		}
	}
	return out
}

// checked is what `stillsuit check` says of the tree: the objects that a policy refuses
// which holds in the cluster.
func (s *scenario) checked() []string {
	s.Helper()
	given, err := admission.Load(library.FS)
	require.NoError(s, err)
	var out []string
	judged := 0
	_, err = checks.Run(s.declared(), []*checks.Checker{policies.Checker(given, &policies.Options{Verdicts: func(all []*admission.Verdict) {
		for _, v := range all {
			if v.Policy.Where == admission.InCI {
				continue
			}
			judged++
			if v.Outcome == admission.Fail || v.Outcome == admission.Error {
				out = append(out, v.Policy.Name+": "+v.Object.ID.String())
			}
		}
	}})}, &checks.Options{Today: time.Now().UTC().Format(time.DateOnly)})
	require.NoError(s, err)
	require.NotZero(s, judged)
	return out
}

// verdicts asks for the objects of the library, under the policies that the cluster
// chose, with its parameters. Pod Security refuses some pods before.
func (s *scenario) verdicts(chosen map[string]bool, asker *rig.Asker) {
	s.Helper()
	all, samples := s.library()
	all = slices.DeleteFunc(all, func(p *admission.Policy) bool { return !chosen[p.Name] })
	require.Len(s, all, len(chosen))
	params := s.declared().Parameters
	for i, p := range all {
		all[i] = p.With(params)
	}
	samples = slices.DeleteFunc(samples, func(one sample) bool { return !chosen[one.policy] || one.form != "" && one.form != "Deployment" })
	list, err := s.Dynamic.Resource(corev1.SchemeGroupVersion.WithResource("namespaces")).List(s.Context(), metav1.ListOptions{})
	require.NoError(s, err)
	var namespaces []*unstructured.Unstructured
	for i := range list.Items {
		namespaces = append(namespaces, &list.Items[i])
	}
	wanted := expected(s.T, all, objectsOf(samples), namespaces)
	unseen := s.known(slices.DeleteFunc(slices.Clone(all), func(p *admission.Policy) bool { return p.Where == admission.InCluster }), samples, wanted, asker)
	require.Less(s, len(unseen), len(all)/4, "with the values of the cluster these refuse nothing: %v", unseen)
	answers, refusals := s.ask(asker, samples)
	var wrong []string
	for i, one := range samples {
		wrong = append(wrong, judge(one, wanted[i], answers[i], refusals[i])...)
	}
	require.Empty(s, wrong, strings.Join(wrong, "\n"))
	s.excused(all, samples, wanted, asker)
	s.figures.add("the library, with the cluster's values", "%d objects asked for, as `stillsuit check` says; %d policies refuse none of them", len(samples), len(unseen))
}

// excused asks for objects that a policy refuses, where the cluster let them off: in the
// namespace of an exception, and as the app or chart that it names.
func (s *scenario) excused(all []*admission.Policy, samples []sample, wanted []verdicts, asker *rig.Asker) {
	s.Helper()
	for name, e := range s.loaded.Cluster.Policies.Exceptions {
		if !slices.ContainsFunc(all, func(p *admission.Policy) bool { return p.Name == e.Policy }) {
			continue // only the check asks it
		}
		i := slices.IndexFunc(samples, func(one sample) bool {
			return one.policy == e.Policy && one.object.GetKind() != "Pod" && len(one.Fails) > 0
		})
		require.NotEqual(s, -1, i, name)
		require.NotEmpty(s, wanted[i][e.Policy], name)
		u := samples[i].object.DeepCopy()
		namespace, labels := e.Namespace, u.GetLabels()
		if app := s.loaded.Apps[e.App]; app != nil {
			namespace, labels = app.Namespace, map[string]string{"app.kubernetes.io/name": e.App}
		} else if c := s.loaded.Charts[e.App]; c != nil {
			namespace, labels = c.Namespace, map[string]string{"app.kubernetes.io/instance": e.App}
		}
		u.SetNamespace(namespace)
		u.SetLabels(labels)
		warnings, err := asker.Create(u)
		require.True(s, err == nil || denied(err), "exception %s: %v", name, err)
		require.NotContains(s, told(warnings), e.Policy, "exception %s: %v", name, err)
		u.SetNamespace("home")
		warnings, err = asker.Create(u)
		require.Contains(s, told(warnings), e.Policy, "exception %s: %v", name, err)
	}
}

// declared is the cluster as checks are given it.
func (s *scenario) declared() *inventory.Subject {
	return inventory.Declared(s.loaded.Desired, s.rendered.Set, s.locked, func(string) []byte { return nil })
}

// overseen runs Kyverno as Flux installed it, with the arguments that its chart makes of
// the cluster's values, and shows that it asks every policy that Flux applied, denies
// what one refuses, and takes exceptions.
func (s *scenario) overseen() {
	s.Helper()
	began := time.Now()
	require.NoError(s, s.RunKyverno())
	var missing []string
	require.NoError(s, s.Await("webhooks for every policy", time.Minute, func(ctx context.Context) (bool, error) {
		hooks, err := s.Client.AdmissionregistrationV1().ValidatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		asked := map[string]bool{}
		for _, c := range hooks.Items {
			for _, h := range c.Webhooks {
				if h.ClientConfig.URL == nil {
					continue
				}
				for _, name := range strings.Split(*h.ClientConfig.URL, "/") {
					asked[name] = true
				}
			}
		}
		missing = nil
		for _, o := range s.rendered.Objects() {
			if o.Kind == "ValidatingPolicy" && !asked[o.Name] {
				missing = append(missing, o.Name)
			}
		}
		return len(missing) == 0, nil
	}), "%v", missing)

	asker, err := s.Asker(flux())
	require.NoError(s, err)
	const name = "e2e-overseen"
	objects, err := rig.Parse(`
{apiVersion: policies.kyverno.io/v1, kind: ValidatingPolicy, metadata: {name: ` + name + `}, spec: {validationActions: [Deny], matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]}, validations: [{expression: "!has(object.data)", message: it has data}]}}
---
{apiVersion: policies.kyverno.io/v1, kind: PolicyException, metadata: {name: ` + name + `, namespace: kyverno}, spec: {policyRefs: [{kind: ValidatingPolicy, name: ` + name + `}], matchConditions: [{name: all, expression: "object.metadata.name == 'tried'"}]}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: tried, namespace: default}, data: {one: "1"}}`)
	require.NoError(s, err)
	s.Mapper.Reset() // its kinds came with the chart
	for i, refused := range []bool{true, false} {
		require.NoError(s, s.Apply(objects[i], false))
		require.NoError(s, s.Await("Kyverno to ask "+name, time.Minute, func(context.Context) (bool, error) {
			_, err := asker.Create(objects[2])
			return denied(err) == refused && (err == nil) != refused, nil
		}), "refused: %t", refused)
	}
	for _, o := range objects[:2] {
		require.NoError(s, s.Remove(o))
	}
	s.figures.add("Kyverno, as Flux installed it", "it asks every policy after %.0f s", time.Since(began).Seconds())
}
