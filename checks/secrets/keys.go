package secrets

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// keys reports keys that are read of Secrets in the tree which do not have them.
func (c *checking) keys(objects []object) {
	held := map[name][]string{}
	for _, o := range objects {
		if o.Group == "" && o.Kind == "Secret" && whole(o) {
			held[name{o.Namespace, o.Name}] = keysOf(o)
		}
	}
	for _, secret := range slices.SortedFunc(maps.Keys(c.readers), func(a, b name) int { return strings.Compare(a.String(), b.String()) }) {
		has, known := held[secret]
		seen := map[string]bool{}
		for _, r := range c.readers[secret] {
			if !known || r.key == "" || slices.Contains(has, r.key) || seen[r.key+" "+r.who] {
				continue
			}
			seen[r.key+" "+r.who] = true
			f := finding.Finding{
				Code: "secret/missing-key", Severity: finding.Error,
				Problem: fmt.Sprintf("Secret %s has no key %s, which %s reads", secret, r.key, r.who),
				Detail:  "it has the " + finding.Named("key", has), Fix: finding.DidYouMean(r.key, has, "add the key to the Secret"),
			}
			if c.Cluster == nil {
				f.Severity = finding.Note
			}
			c.Report(r.at, f)
		}
	}
}

// whole reports whether the keys of a Secret in the tree are all that it will have. An empty
// one, a token of an account, and one with annotations of controllers that fill Secrets get
// more.
func whole(o object) bool {
	for _, kind := range o.texts("type") {
		if kind == "kubernetes.io/service-account-token" {
			return false
		}
	}
	for _, found := range o.at("metadata.annotations") {
		annotations, _ := found.(map[string]any)
		for key := range annotations {
			for _, filler := range []string{"reflector.v1.k8s.emberstack.com/", "replicator.v1.mittwald.de/", "secret-generator.v1.mittwald.de/", "kustomize.toolkit.fluxcd.io/ssa"} {
				if strings.HasPrefix(key, filler) {
					return false
				}
			}
		}
	}
	return len(keysOf(o)) > 0
}

func keysOf(o object) []string {
	var out []string
	for _, field := range []string{"data", "stringData"} {
		for _, found := range o.at(field) {
			values, _ := found.(map[string]any)
			out = slices.AppendSeq(out, maps.Keys(values))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
