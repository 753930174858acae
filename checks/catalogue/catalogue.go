package catalogue

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/checks"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks that what comes from the catalogue has what it needs.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "catalogue", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}

// entry is something that comes from the catalogue.
type entry struct {
	called string // in a sentence: app web
	from   string
	at     model.Path
	path   []string // below at, of a container
	needs  map[string]string
	fields map[string]any
}

func run(pass *checks.Pass) error {
	if pass.Cluster == nil {
		return nil
	}
	cluster, err := fieldsOf(pass.Cluster)
	if err != nil {
		return err
	}
	entries, err := entriesOf(pass.Subject)
	if err != nil {
		return err
	}
	for _, e := range entries {
		for _, need := range slices.Sorted(maps.Keys(e.needs)) {
			paths := strings.Split(need, "|")
			if slices.ContainsFunc(paths, func(path string) bool { return given(e.fields, cluster, keysOf(path)) }) {
				continue
			}
			for i := range paths {
				paths[i] = strings.TrimSpace(paths[i])
			}
			pass.Error(inventory.Spot{Entry: e.at, Path: append(slices.Clone(e.path), "from")}, "catalogue/needs",
				fmt.Sprintf("%s does not set %s, which the catalogue entry %s needs: %s", e.called, strings.Join(paths, " or "), e.from, e.needs[need]), "", "add "+e.line(keysOf(paths[0])))
		}
	}
	return nil
}

// entriesOf lists them: apps, charts, and containers of apps.
func entriesOf(s *inventory.Subject) ([]entry, error) {
	var out []entry
	for _, name := range slices.Sorted(maps.Keys(s.Apps)) {
		app := s.Apps[name]
		if app.Off != "" {
			continue
		}
		fields, err := fieldsOf(app)
		if err != nil {
			return nil, err
		}
		if inPlace := app.Workloads[""]; inPlace != nil {
			below, err := fieldsOf(inPlace)
			if err != nil {
				return nil, err
			}
			maps.Copy(fields, below)
		}
		out = append(out, entry{"app " + name, app.From, model.Path{"apps", name}, nil, app.Needs, fields})
		for _, workload := range slices.Sorted(maps.Keys(app.Workloads)) {
			w := app.Workloads[workload]
			var below []string
			if workload != "" {
				below = []string{"workloads", workload}
			}
			for field, set := range map[string]map[string]*model.Container{"containers": w.Containers, "init": w.Init, "sidecars": w.Sidecars} {
				for c, container := range set {
					fields, err := fieldsOf(container)
					if err != nil {
						return nil, err
					}
					out = append(out, entry{"container " + c + " of app " + name, container.From, model.Path{"apps", name}, append(slices.Clone(below), field, c), container.Needs, fields})
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Charts)) {
		c := s.Charts[name]
		if c.Off != "" {
			continue
		}
		fields, err := fieldsOf(c)
		if err != nil {
			return nil, err
		}
		out = append(out, entry{"chart " + name, c.From, model.Path{"charts", name}, nil, c.Needs, fields})
	}
	return out, nil
}

func fieldsOf(v any) (map[string]any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	return out, json.Unmarshal(b, &out)
}

// line is the CUE that gives a value at a path, but for the value.
func (e entry) line(path []string) string {
	if path[0] != "cluster" {
		path = slices.Concat(e.at, e.path, path)
	}
	labels := make([]string, len(path))
	for i, label := range path {
		labels[i] = model.Path{label}.String()
	}
	return strings.Join(labels, ": ") + ": …"
}

// given reports whether there is a value at a path, of the entry or of the cluster.
func given(fields, cluster map[string]any, path []string) bool {
	if path[0] == "cluster" {
		fields, path = cluster, path[1:]
	}
	at := any(fields)
	for _, key := range path {
		below, _ := at.(map[string]any)
		if at = below[key]; at == nil {
			return false
		}
	}
	return true
}

// keysOf splits a path as CUE writes it: files."/etc/a.conf".text.
func keysOf(path string) []string {
	var out []string
	for rest := strings.TrimSpace(path); rest != ""; {
		var key string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			key, rest, _ = strings.Cut(quoted, `"`)
			rest = strings.TrimPrefix(rest, ".")
		} else {
			key, rest, _ = strings.Cut(rest, ".")
		}
		out = append(out, key)
	}
	return out
}
