package facts

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Store is one that backups go to. Its namespaces are those that it is for, sorted.
type Store struct {
	Declared    model.Backup
	Unit        scope.Unit
	At          model.Path
	Name        string
	Namespace   string // of Velero
	First       bool   // it takes backups that name no store
	Secret, Key string // with the keys of the store
}

// stores decides where backups go.
type stores struct{ Facts }

// of are the stores of one tool, sorted.
func (r stores) of(tool string) []string {
	backups := r.Desired.Cluster.Backups
	return slices.DeleteFunc(slices.Sorted(maps.Keys(backups)), func(name string) bool { return backups[name].By() != tool })
}

// stores are those that Velero is told.
func (r Facts) stores() []*Store {
	backups, at := r.Desired.Cluster.Backups, PathBackups
	all := stores{r}
	names := all.of(model.Velero)
	if len(names) == 0 {
		return nil
	}
	first := all.first(at, names)
	c := r.ProviderOf(kinds.GroupVelero, at, "backups are declared")
	var out []*Store
	for _, name := range names {
		b, at := backups[name], at.Join(name)
		if !all.form(at, name, b) || c == nil {
			continue
		}
		s, key := r.KeyOf(at.Join("secret"), &c.Party, c.Declared.Secrets, b.Secret)
		if s == nil {
			continue
		}
		r.ReachesURL(&c.Party, at.Join("endpoint"), b.Endpoint)
		b.Namespaces = all.namespaces(b)
		out = append(out, &Store{Declared: b, Unit: c.Config(), At: at, Name: name, Namespace: c.Declared.Namespace, First: name == first, Secret: s.Name, Key: key})
	}
	return out
}

// first is the store for backups that name none: the one that says so,
// else the first by name.
func (r stores) first(at model.Path, names []string) string {
	backups, first := r.Desired.Cluster.Backups, ""
	for _, name := range names {
		switch {
		case !backups[name].Default:
		case first != "":
			r.Error(at.Join(name, "default"), "backup/default", fmt.Sprintf("store %s is the default", name), fmt.Sprintf("store %s is too, and Velero takes one", first), "keep one")
		default:
			first = name
		}
	}
	if first == "" {
		first = names[0]
	}
	return first
}

// form reports a store that lacks something or says what its tool does not read, and
// namespaces that nothing makes.
func (r stores) form(at model.Path, name string, b model.Backup) bool {
	for i, namespace := range b.Namespaces {
		if !slices.Contains(scope.SystemNamespaces, namespace) {
			r.KnownNamespace(at.Join("namespaces", strconv.Itoa(i)), namespace, fmt.Sprintf("store %s is for namespace %s", name, namespace))
		}
	}
	sound := true
	for _, f := range fields(b) {
		switch {
		case f.tool != "" && f.tool != b.By() && f.said:
			r.Error(at.Join(f.field), "backup/form", fmt.Sprintf("store %s has %s, which %s does not read", name, f.field, b.By()), "", "remove it, or write tool: "+strconv.Quote(f.tool))
			sound = false
		case f.example != "" && (f.tool == "" || f.tool == b.By()) && !f.said:
			r.Error(at, "app/missing-field", fmt.Sprintf("store %s has no %s", name, f.field), f.why, fmt.Sprintf("add %s: %q", f.field, f.example))
			return false
		}
	}
	r.CheckSchedule(at.Join("schedule"), "store "+name, b.Schedule)
	return sound
}

// field is one of a store: of one tool or of each, and what it may say where it must.
type field struct {
	field, tool  string
	said         bool
	why, example string
}

// fields are those of a store that are not for everybody, or must be there.
func fields(b model.Backup) []field {
	secret := map[string]string{model.Velero: "store/cloud", model.VolSync: "restic"}[b.By()]
	return []field{
		{"bucket", model.Velero, b.Bucket != "", "backups are written there", "…"},
		{"endpoint", "", b.Endpoint != "", "that is where the store is", "https://s3.eu-central-003.backblazeb2.com"},
		{"region", model.Velero, b.Region != "", "requests are signed for it", "eu-central-003"},
		{"secret", "", b.Secret != "", "it holds the keys of the store", secret},
		{"schedule", "", b.Schedule != "", "backups begin by it", "30 3 * * *"},
		{"prefix", model.Velero, b.Prefix != "", "", ""},
		{"config", model.Velero, len(b.Config) > 0, "", ""},
		{"default", model.Velero, b.Default, "", ""},
		{"cache", model.VolSync, b.Cache != nil, "", ""},
		{"mover", model.VolSync, b.Mover.Requests != nil || b.Mover.Limits != nil, "", ""},
	}
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
	names := slices.Concat(slices.Sorted(maps.Keys(r.Desired.Namespaces)), slices.Sorted(maps.Keys(r.Inhabitants())))
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return slices.Contains(scope.SystemNamespaces, n) })
}
