package render

import (
	"fmt"
	"slices"
	"strconv"

	"stillsuit.dev/generator/model"
)

// store is one that backups go to. Its namespaces are those that it is for, sorted.
type store struct {
	model.Backup
	unit        unit
	at          model.Path
	name        string
	namespace   string // of Velero
	first       bool   // it takes backups that name no store
	secret, key string // with the keys of the store
}

// stores decides where backups go.
type stores struct{ facts }

// stores are those that Velero is told.
func (r facts) stores() []*store {
	backups, at := r.d.Cluster.Backups, pathBackups
	if len(backups) == 0 {
		return nil
	}
	all := stores{r}
	first := all.first(at)
	c := r.providerOf(groupVelero, at, "backups are declared")
	var out []*store
	for _, name := range sorted(backups) {
		b, at := backups[name], at.Join(name)
		if !all.form(at, name, b) || c == nil {
			continue
		}
		s, key := r.keyOf(at.Join("secret"), &c.party, c.Secrets, b.Secret)
		if s == nil {
			continue
		}
		r.reachesURL(&c.party, at.Join("endpoint"), b.Endpoint)
		b.Namespaces = all.namespaces(b)
		out = append(out, &store{Backup: b, unit: c.config(), at: at, name: name, namespace: c.Namespace, first: name == first, secret: s.name, key: key})
	}
	return out
}

// first is the store for backups that name none: the one that says so,
// else the first by name.
func (r stores) first(at model.Path) string {
	backups, first := r.d.Cluster.Backups, ""
	for _, name := range sorted(backups) {
		switch {
		case !backups[name].Default:
		case first != "":
			r.Error(at.Join(name, "default"), "backup/default", fmt.Sprintf("store %s is the default", name), fmt.Sprintf("store %s is too, and Velero takes one", first), "keep one")
		default:
			first = name
		}
	}
	if first == "" {
		first = sorted(backups)[0]
	}
	return first
}

// form reports a store that lacks something, and namespaces that nothing makes.
func (r stores) form(at model.Path, name string, b model.Backup) bool {
	for i, namespace := range b.Namespaces {
		if !slices.Contains(systemNamespaces, namespace) {
			r.knownNamespace(at.Join("namespaces", strconv.Itoa(i)), namespace, fmt.Sprintf("store %s is for namespace %s", name, namespace))
		}
	}
	for _, f := range []struct{ field, value, why, example string }{
		{"bucket", b.Bucket, "backups are written there", "…"},
		{"endpoint", b.Endpoint, "that is where the store is", "https://s3.eu-central-003.backblazeb2.com"},
		{"region", b.Region, "requests are signed for it", "eu-central-003"},
		{"secret", b.Secret, "it holds the keys of the store", "store/cloud"},
		{"schedule", b.Schedule, "backups begin by it", "30 3 * * *"},
	} {
		if f.value == "" {
			r.Error(at, "app/missing-field", fmt.Sprintf("store %s has no %s", name, f.field), f.why, fmt.Sprintf("add %s: %q", f.field, f.example))
			return false
		}
	}
	r.checkSchedule(at.Join("schedule"), "store "+name, b.Schedule)
	return true
}

// namespaces are those that a store is for, sorted.
func (r stores) namespaces(b model.Backup) []string {
	if len(b.Namespaces) == 0 {
		return r.ownNamespaces()
	}
	return slices.Compact(slices.Sorted(slices.Values(b.Namespaces)))
}

// ownNamespaces are those that are rendered here, sorted.
func (r stores) ownNamespaces() []string {
	names := slices.Concat(sorted(r.d.Namespaces), sorted(r.inhabitants()))
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return slices.Contains(systemNamespaces, n) })
}

// checkStored warns of a volume that is to be backed up, and that no store is for.
func (r *scope) checkStored(at model.Path, what, namespace string) {
	stores := r.d.Cluster.Backups
	for _, name := range sorted(stores) {
		if of := stores[name].Namespaces; slices.Contains(of, namespace) || len(of) == 0 && !slices.Contains(systemNamespaces, namespace) {
			return
		}
	}
	contrast, mend := "this cluster declares no backups", "declare cluster: backups: …"
	if len(stores) > 0 {
		contrast, mend = fmt.Sprintf("no store in cluster.backups is for namespace %s", namespace), "add it to namespaces of one of "+all(sorted(stores))
	}
	r.Warn(at, "backup/none", what+" is to be backed up", contrast, mend)
}
