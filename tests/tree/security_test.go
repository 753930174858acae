package tree_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"stillsuit.dev/generator/lock"
)

const enforce = "pod-security.kubernetes.io/enforce"

// admitted asks Kubernetes' own checks whether each namespace takes its pods.
func admitted(c *cluster) []string {
	var out []string
	for _, ns := range as[corev1.Namespace](c, "Namespace") {
		level, err := api.ParseLevel(ns.Labels[enforce])
		if err != nil || ns.Labels[enforce] == "" {
			out = append(out, fmt.Sprintf("Namespace %s: %v", ns.Name, err))
			continue
		}
		out = append(out, violations(c, ns.Name, level)...)
	}
	return out
}

// violations are those of the pods of a namespace against a level.
func violations(c *cluster, namespace string, level api.Level) []string {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, w := range c.workloads() {
		if w.Namespace != namespace {
			continue
		}
		results := evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &w.pod.ObjectMeta, &w.pod.Spec)
		if r := policy.AggregateCheckResults(results); !r.Allowed {
			out = append(out, fmt.Sprintf("%s is not %s: %s", w, level, r.ForbiddenDetail()))
		}
	}
	return out
}

// tightest: a namespace whose level was derived refuses one of its pods at the
// next stricter level. said are the namespaces whose level was chosen; what a
// chart runs is not seen.
func tightest(c *cluster, said map[string]bool) []string {
	stricter := map[api.Level]api.Level{api.LevelPrivileged: api.LevelBaseline, api.LevelBaseline: api.LevelRestricted}
	var out []string
	for _, ns := range as[corev1.Namespace](c, "Namespace") {
		next, loose := stricter[api.Level(ns.Labels[enforce])]
		if loose && !said[ns.Name] && !c.charted(ns.Name) && len(violations(c, ns.Name, next)) == 0 {
			out = append(out, fmt.Sprintf("Namespace %s could be %s", ns.Name, next))
		}
	}
	return out
}

// levels is a reference cluster, and the namespaces whose level is written.
func levels(t *testing.T, name string) (*cluster, map[string]bool) {
	t.Helper()
	_, declared, rendering := render(t, name)
	said := map[string]bool{}
	for name, ns := range declared.Namespaces {
		said[name] = ns.Security != "" || ns.Workspace != ""
	}
	return parse(t, rendering.Set), said
}

func TestNamespacesAreAsStrictAsTheirPodsAllow(t *testing.T) {
	each(t, func(t *testing.T, name string) {
		c, said := levels(t, name)
		require.Empty(t, tightest(c, said))
	})
	c, said := levels(t, reference)
	loose := 0
	for _, ns := range as[corev1.Namespace](c, "Namespace") {
		if ns.Labels[enforce] != string(api.LevelRestricted) && !said[ns.Name] {
			loose++
		}
	}
	require.NotZero(t, loose, "nothing was tried")

	c.object(t, "Namespace", "photos").set(t, "baseline", "metadata", "labels", enforce)
	require.Equal(t, []string{"Namespace photos could be restricted"}, tightest(c, said))
}

// pinned: what the lock knows stands in the tree with its digest, and nothing
// has a digest that the lock does not tell.
func pinned(l *lock.Lock) check {
	return func(c *cluster) []string {
		var out []string
		for _, w := range c.workloads() {
			for _, container := range w.containers() {
				ref, digest, _ := strings.Cut(container.Image, "@")
				if digest != l.Images[ref].Digest {
					out = append(out, fmt.Sprintf("%s runs %s, but the lock says %q", w, container.Image, l.Images[ref].Digest))
				}
			}
		}
		return out
	}
}
