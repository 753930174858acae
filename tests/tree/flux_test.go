package tree_test

import (
	"fmt"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
)

// ordered: every unit is applied from where it lies, after the namespaces and
// what it names, and nothing waits for itself.
func ordered(c *cluster) []string {
	var out []string
	after := map[string][]string{}
	for _, u := range c.units {
		for _, d := range as[kustomizev1.Kustomization](&cluster{units: []*unit{{flux: u.flux}}}, "Kustomization")[0].Spec.DependsOn {
			after[u.name] = append(after[u.name], d.Name)
			if d.Namespace != "" || !slices.ContainsFunc(c.units, func(o *unit) bool { return o.name == d.Name }) {
				out = append(out, fmt.Sprintf("unit %s waits for %s, which is not there", u.name, d.Name))
			}
		}
		if u.name != "namespaces" && !slices.Contains(after[u.name], "namespaces") {
			out = append(out, fmt.Sprintf("unit %s does not wait for the namespaces", u.name))
		}
	}
	for _, u := range c.units {
		if slices.Contains(reach(after, u.name), u.name) {
			out = append(out, fmt.Sprintf("unit %s waits for itself", u.name))
		}
	}
	return out
}

// reach lists everything that a unit waits for, directly or not.
func reach(after map[string][]string, from string) []string {
	var seen []string
	for next := slices.Clone(after[from]); len(next) > 0; next = next[1:] {
		if !slices.Contains(seen, next[0]) {
			seen = append(seen, next[0])
			next = append(next, after[next[0]]...)
		}
	}
	return seen
}

// applied: each Flux Kustomization takes the source that bootstrap makes, prunes,
// holds its worker until it is healthy, and can decrypt what is encrypted.
func applied(c *cluster) []string {
	var out []string
	for _, u := range c.units {
		say := func(what string) { out = append(out, fmt.Sprintf("unit %s %s", u.name, what)) }
		k := as[kustomizev1.Kustomization](&cluster{units: []*unit{{flux: u.flux}}}, "Kustomization")[0]
		if k.Name != u.name || k.Namespace != "flux-system" {
			say("is named otherwise")
		}
		if s := k.Spec.SourceRef; s.Kind != "GitRepository" || s.Name != "flux-system" || s.Namespace != "" {
			say("has another source")
		}
		if !strings.HasPrefix(k.Spec.Path, "./flux-system/"+c.name+"/") {
			say("lies elsewhere")
		}
		if !k.Spec.Prune || !k.Spec.Wait || k.Spec.PostBuild != nil || k.Spec.Suspend || k.Spec.TargetNamespace != "" {
			say("is not pruned, not waited for, or changed on the way")
		}
		if k.Spec.Timeout == nil || k.Spec.RetryInterval == nil || k.Spec.Interval.Duration < k.Spec.Timeout.Duration {
			say("has no timeout, or one above its interval")
		}
		secrets := slices.ContainsFunc(u.objects, object.encrypted)
		if d := k.Spec.Decryption; secrets != (d != nil) || d != nil && (d.Provider != "sops" || d.SecretRef == nil) {
			say("cannot decrypt its secrets, or has none to decrypt")
		}
	}
	return out
}
