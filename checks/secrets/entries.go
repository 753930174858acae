package secrets

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// entry is one of the secrets that an app or a chart declares by a name, and so brings no
// file for.
type entry struct {
	secret name
	alias  string
	path   model.Path // of the app or chart
	keys   []string   // that it reads
}

// who names the entry in a sentence: app web.
func (e *entry) who() string { return strings.TrimSuffix(e.path[0], "s") + " " + e.path[1] }

// entriesOf lists them, by the Secret.
func entriesOf(s *inventory.Subject) []*entry {
	var out []*entry
	add := func(at model.Path, namespace string, secrets map[string]string, used []string) {
		for _, alias := range slices.Sorted(maps.Keys(secrets)) {
			if model.IsSecretFile(secrets[alias]) {
				continue // the tree has it, or resolve has reported why not
			}
			e := &entry{secret: name{namespace, secrets[alias]}, alias: alias, path: at}
			for _, ref := range used {
				if of, key, ok := strings.Cut(ref, "/"); ok && of == alias {
					e.keys = append(e.keys, key)
				}
			}
			out = append(out, e)
		}
	}
	for _, app := range slices.Sorted(maps.Keys(s.Apps)) {
		if a := s.Apps[app]; a.Off == "" {
			add(model.Path{"apps", app}, a.Namespace, a.Secrets, usedBy(a))
		}
	}
	for _, chart := range slices.Sorted(maps.Keys(s.Charts)) {
		c := s.Charts[chart]
		if c.Off != "" || c.Outside != "" {
			continue
		}
		used := slices.Collect(maps.Values(c.SecretValues))
		if slices.Contains(c.Provides, "velero.io") && s.Cluster != nil {
			for _, b := range s.Cluster.Backups {
				used = append(used, b.Secret)
			}
		}
		add(model.Path{"charts", chart}, c.Namespace, c.Secrets, used)
	}
	return out
}

// usedBy are the references secret/key of an app.
func usedBy(a *model.App) []string {
	var out []string
	file := func(files map[string]*model.File) {
		for _, f := range files {
			out = append(out, f.Secret)
		}
	}
	for _, w := range a.Workloads {
		if w.Off != "" {
			continue
		}
		file(w.Files)
		for _, set := range []map[string]*model.Container{w.Containers, w.Sidecars, w.Init} {
			for _, c := range set {
				out = slices.AppendSeq(out, maps.Values(c.SecretEnv))
				file(c.Files)
			}
		}
	}
	return out
}

// spot is the user's line: of the secret, or of from where the catalogue names it, with the
// place in the catalogue then.
func (e *entry) spot(pass *checks.Pass) (at inventory.Spot, catalogue inventory.Spot, taken bool) {
	at = inventory.Spot{Entry: e.path, Path: []string{"secrets", e.alias}}
	from := inventory.Spot{Entry: e.path, Path: []string{"from"}}
	here, _ := pass.Places.Locate(at)
	own, _ := pass.Places.Locate(inventory.Spot{Entry: e.path})
	if here.File != "" && own.File != "" && path.Dir(here.File) != path.Dir(own.File) {
		return from, at, true
	}
	return at, inventory.Spot{}, false
}

// taken reports whether a catalogue entry names the Secret, and not the user.
func (e *entry) taken(pass *checks.Pass) bool {
	_, _, taken := e.spot(pass)
	return taken
}

// fix says what to write, and where.
func (e *entry) fix(cluster string) string {
	file := "secrets/" + e.secret.name + ".sops.yaml"
	with := ""
	if keys := slices.Compact(slices.Sorted(slices.Values(e.keys))); len(keys) > 0 {
		with = " with the " + finding.Named("key", keys)
	}
	return fmt.Sprintf("write Secret %s%s to clusters/%s/%s, encrypt the file with sops --encrypt --in-place, and add %s: secrets: %s: %q; or say who makes it: cluster: secrets: outside: %q: \"REASON\"",
		e.secret, with, cluster, file, e.path, model.Path{e.alias}, file, e.secret)
}
