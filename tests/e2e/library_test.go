package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"stillsuit.dev/policies/admission"
	"stillsuit.dev/tests/e2e/rig"
)

// TestLibrary gives the policies that a cluster may hold to the API server, and then to
// Kyverno's admission controller, all at once, and asks for every object of the library.
// What they say is what package admission says. Before that, the API server is asked
// which changes of objects it refuses.
func TestLibrary(t *testing.T) {
	t.Parallel()
	s := open(t, "small")
	// It would refuse pods before the policies see them.
	s.start("--disable-admission-plugins=PodSecurity")
	s.changes()
	s.edits()
	s.stage()
	policies, samples := s.library()
	wanted := expected(t, policies, objectsOf(samples), s.namespaces())
	asker, err := s.Asker(flux())
	require.NoError(t, err)
	stranger, err := s.Asker(somebody())
	require.NoError(t, err)

	native := s.native(policies)
	for _, o := range native {
		require.NoError(t, s.Apply(o, false), o.GetName())
	}
	s.holds("the API server itself", policies, samples, wanted, asker, stranger)
	for _, o := range native {
		if o.GetKind() == "ValidatingAdmissionPolicy" && o.GetName() == weak+"-controllers" {
			s.weakened(o, samples, wanted, asker)
		}
	}
	for _, o := range native {
		require.NoError(t, s.Remove(o))
	}
	require.NoError(t, s.Await("the API server to forget the policies", time.Minute, func(context.Context) (bool, error) {
		answers, _ := s.ask(asker, slices.DeleteFunc(slices.Clone(samples), func(one sample) bool { return one.form != "" }))
		return !slices.ContainsFunc(answers, func(v verdicts) bool { return len(v) > 0 }), nil
	}))

	require.NoError(t, s.InstallKyverno())
	began := time.Now()
	require.NoError(t, s.RunKyverno("--enablePolicyException=true", "--exceptionNamespace=kyverno"))
	s.figures.add("Kyverno answers", "%.0f s", time.Since(began).Seconds())
	for _, p := range policies {
		require.NoError(t, s.Apply(s.denying(p.Name), false), p.Name)
	}
	s.holds("Kyverno", policies, samples, wanted, asker, stranger)
	s.excepted(samples, asker)
	s.unasked(samples, asker)
	s.weakened(s.denying(weak), samples, wanted, asker)
	s.apart("etcd", "kube-apiserver", "kyverno")
	s.figures.print(t)
}

// holds shows that whoever judges here says of each sample what is wanted, and that
// policies which are left to the cluster judge as the objects beside them say.
func (s *scenario) holds(who string, policies []*admission.Policy, samples []sample, wanted []verdicts, asker, stranger *rig.Asker) {
	s.Helper()
	began := time.Now()
	require.Empty(s, s.known(policies, samples, wanted, stranger))
	known := time.Since(began)
	answers, refusals := s.ask(asker, samples)
	var wrong []string
	refused, itself := 0, 0
	for i, one := range samples {
		wrong = append(wrong, judge(one, wanted[i], answers[i], refusals[i])...)
		own := policies[slices.IndexFunc(policies, func(p *admission.Policy) bool { return p.Name == one.policy })]
		if own.Where == admission.InBoth && !unjudged(refusals[i]) {
			require.Equal(s, len(one.Fails) > 0, answers[i][own.Name] != "", "%s: %v", one, refusals[i])
		}
		switch {
		case unjudged(refusals[i]):
			itself++
		case denied(refusals[i]):
			refused++
		}
	}
	require.Empty(s, wrong, strings.Join(wrong, "\n"))
	s.strangers(policies, samples, stranger)
	s.figures.add("the library, judged by "+who, "%d policies known after %.0f s, %d objects asked for in %.0f s: %d refused and %d accepted, as `stillsuit check` says; %d the API server refuses by itself",
		len(policies), known.Seconds(), len(samples), (time.Since(began) - known).Seconds(), refused, len(samples)-refused-itself, itself)
	require.Less(s, itself, len(samples)/20)
}

// judge holds what the API server said of an object against what is expected.
func judge(one sample, wanted, got verdicts, refusal error) (wrong []string) {
	say := func(format string, args ...any) {
		wrong = append(wrong, fmt.Sprintf("%s: ", one)+fmt.Sprintf(format, args...))
	}
	if unjudged(refusal) && (len(one.Fails) > 0 || !apierrors.IsInvalid(refusal)) { // good ones are valid
		return nil
	}
	if (len(got) > 0) != denied(refusal) {
		say("the cluster says\n%s\nand the API server %v", got, refusal)
	}
	if more, less := got.minus(wanted), wanted.minus(got); len(more)+len(less) > 0 {
		say("CI says\n%s\nand the cluster says\n%s\n(%v)", less, more, refusal)
	}
	return wrong
}

// strangers asks about objects that somebody else than Flux makes: policies that are
// left to the cluster go by who asks.
func (s *scenario) strangers(policies []*admission.Policy, samples []sample, asker *rig.Asker) {
	s.Helper()
	asked := 0
	for _, one := range samples {
		i := slices.IndexFunc(policies, func(p *admission.Policy) bool { return p.Name == one.policy })
		if policies[i].Where != admission.InCluster {
			continue
		}
		warnings, err := asker.Create(one.object)
		require.Equal(s, len(one.Fails) > 0, told(warnings)[one.policy] != "", "%s: %v %v", one, warnings, err)
		asked++
	}
	require.NotZero(s, asked)
}

// excepted lets the objects of one policy off it, by a PolicyException with an end, and
// brings the end forward.
func (s *scenario) excepted(samples []sample, asker *rig.Asker) {
	s.Helper()
	const policy = "host-paths"
	bad := slices.DeleteFunc(slices.Clone(samples), func(one sample) bool { return one.policy != policy || len(one.Fails) == 0 })
	require.NotEmpty(s, bad)
	until := func(end time.Time, refused bool) {
		s.Helper()
		objects, err := rig.Parse(fmt.Sprintf(`{apiVersion: policies.kyverno.io/v1, kind: PolicyException, metadata: {name: tried, namespace: kyverno}, spec: {expiresAt: %q, policyRefs: [{kind: ValidatingPolicy, name: %s}], matchConditions: [{name: place, expression: "object.metadata.?namespace.orValue('') == 'home'"}]}}`, end.UTC().Format(time.RFC3339), policy))
		require.NoError(s, err)
		require.NoError(s, s.Apply(objects[0], false))
		var told []verdicts
		require.NoError(s, s.Await("Kyverno to take the exception", time.Minute, func(context.Context) (bool, error) {
			told, _ = s.ask(asker, bad)
			return !slices.ContainsFunc(told, func(v verdicts) bool { return (v[policy] != "") != refused }), nil
		}))
		// Other policies refuse what they refused before.
		require.True(s, slices.ContainsFunc(told, func(v verdicts) bool { return len(v) > 0 }))
	}
	until(time.Now().AddDate(0, 0, 1), false)
	until(time.Now().AddDate(0, 0, -1), true)
}

// unasked shows where Kyverno asks nothing, and `stillsuit check` does: its own namespace
// and the system's (its ConfigMap, webhooks and resourceFilters).
func (s *scenario) unasked(samples []sample, asker *rig.Asker) {
	s.Helper()
	const policy = "external-addresses" // it goes by no namespace
	i := slices.IndexFunc(samples, func(one sample) bool { return one.policy == policy && len(one.Fails) > 0 })
	require.NotEqual(s, -1, i)
	for namespace, asked := range map[string]bool{"home": true, "default": true, "flux-system": true, "kube-system": false, "kube-public": false, "kube-node-lease": false, "kyverno": false} {
		u := samples[i].object.DeepCopy()
		u.SetNamespace(namespace)
		warnings, err := asker.Create(u)
		require.Equal(s, asked, told(warnings)[policy] != "", "%s: %v %v", namespace, warnings, err)
		require.Equal(s, asked, err != nil, "%s: %v", namespace, err)
	}
}

// weak is the policy that is weakened.
const weak = "memory-limits"

// weakened lets a policy pass everything, and shows that this is noticed.
func (s *scenario) weakened(policy *unstructured.Unstructured, samples []sample, wanted []verdicts, asker *rig.Asker) {
	s.Helper()
	mutant := policy.DeepCopy()
	require.NoError(s, unstructured.SetNestedSlice(mutant.Object, []any{map[string]any{"expression": "true"}}, "spec", "validations"))
	require.NoError(s, s.Apply(mutant, false))
	i := slices.IndexFunc(samples, func(one sample) bool { return one.policy == weak && one.form == "Deployment" && len(one.Fails) > 0 })
	require.NotEqual(s, -1, i)
	require.NoError(s, s.Await("a mutant to be noticed", time.Minute, func(context.Context) (bool, error) {
		warnings, err := asker.Create(samples[i].object)
		return len(judge(samples[i], wanted[i], told(warnings), err)) > 0, nil
	}))
}

// known waits until every policy is held: each refuses one of the objects that it must.
// Some of them the API server itself refuses before. It returns the policies that refuse
// none, which is not known of.
func (s *scenario) known(policies []*admission.Policy, samples []sample, wanted []verdicts, asker *rig.Asker) (unseen []string) {
	s.Helper()
	for _, p := range policies {
		var bad []sample
		for i, one := range samples {
			if wanted[i][p.Name] != "" || p.Where == admission.InCluster && one.policy == p.Name && len(one.Fails) > 0 {
				bad = append(bad, one)
			}
		}
		if len(bad) == 0 {
			unseen = append(unseen, p.Name)
			continue
		}
		last := map[string]string{}
		err := s.Await("policy "+p.Name+" to be held", time.Minute, func(context.Context) (bool, error) {
			return slices.ContainsFunc(bad, func(one sample) bool {
				warnings, err := asker.Create(one.object)
				last[one.String()] = fmt.Sprint(warnings, err)
				return told(warnings)[p.Name] != ""
			}), nil
		})
		require.NoError(s, err, "%v", last)
	}
	return unseen
}

// ask asks for every object, several at a time.
func (s *scenario) ask(asker *rig.Asker, samples []sample) ([]verdicts, []error) {
	s.Helper()
	answers, refusals := make([]verdicts, len(samples)), make([]error, len(samples))
	const askers = 8
	var group errgroup.Group
	for worker := range askers {
		group.Go(func() error {
			for i := worker; i < len(samples); i += askers {
				warnings, err := asker.Create(samples[i].object)
				answers[i], refusals[i] = told(warnings), err
			}
			return nil
		})
	}
	require.NoError(s, group.Wait())
	return answers, refusals
}
