package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	kjson "sigs.k8s.io/json"

	"stillsuit.dev/finding"
)

// Load decodes what source declares, merges the catalogue below it and fills
// in defaults. Findings are about names and forms; what refers to what is
// looked at when it is rendered. An error means that source and model disagree.
func Load(source Source) (*Desired, []finding.Finding, error) {
	l := &loader{source: source, places: NewPlaces(source)}
	d := &Desired{Places: l.places, Files: source.Files(), Namespaces: map[string]*Namespace{}, Apps: map[string]*App{}, Charts: map[string]*Chart{}, RBAC: map[string]*RBAC{}}
	facts, err := source.Facts()
	if err != nil {
		return nil, nil, err
	}
	if len(facts) > 0 {
		if err := l.decode(facts, Path{"cluster"}, &d.Cluster); err != nil {
			return nil, nil, fmt.Errorf("decode cluster: %w", err)
		}
	}
	namespaces, err := source.Section("namespaces")
	if err != nil {
		return nil, nil, err
	}
	for name, raw := range namespaces {
		ns := &Namespace{}
		if err := l.decode(raw, Path{"namespaces", name}, ns); err != nil {
			return nil, nil, fmt.Errorf("decode namespace %q: %w", name, err)
		}
		d.Namespaces[name] = ns
	}
	apps, err := source.Section("apps")
	if err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(apps)) {
		app, err := l.app(name, apps[name])
		if err != nil {
			return nil, nil, fmt.Errorf("app %q: %w", name, err)
		}
		d.Apps[name] = app
	}
	for name := range d.Apps {
		if d.Apps[name] == nil { // its catalogue entry could not be had
			delete(d.Apps, name)
		}
	}
	charts, err := source.Section("charts")
	if err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(charts)) {
		chart, err := l.chart(name, charts[name])
		if err != nil {
			return nil, nil, fmt.Errorf("chart %q: %w", name, err)
		}
		if chart != nil {
			d.Charts[name] = chart
		}
	}
	rbac, err := source.Section("rbac")
	if err != nil {
		return nil, nil, err
	}
	for name, raw := range rbac {
		entry := &RBAC{}
		if err := l.decode(raw, Path{"rbac", name}, entry); err != nil {
			return nil, nil, fmt.Errorf("decode rbac %q: %w", name, err)
		}
		d.RBAC[name] = entry
	}
	fill(&d.Cluster)
	r := Reporter{Places: l.places, Findings: l.findings}
	for _, name := range []string{"policies"} {
		entries, err := source.Section(name)
		if err != nil {
			return nil, nil, err
		}
		if all := slices.Sorted(maps.Keys(entries)); len(all) > 0 {
			r.Error(Path{name, all[0]}, "model/not-rendered", fmt.Sprintf("%s %s declared in %s at the top", finding.All(all), finding.Are(len(all)), name), "nothing is made of that: a cluster chooses policies in cluster.policies, and has its own among the objects of an app",
				"write cluster: policies: …, or apps: NAME: objects: …")
		}
	}
	checkNames(d, &r)
	checkChartNames(d, &r)
	checkFactNames(&d.Cluster, &r)
	return d, r.Findings, nil
}

type loader struct {
	source   Source
	places   *Places
	findings []finding.Finding
}

// app merges the catalogue below the user's app and decodes it once. It
// returns nil when an entry could not be had.
func (l *loader) app(name string, raw json.RawMessage) (*App, error) {
	at := Path{"apps", name}
	if !bytes.Contains(raw, []byte(`"from"`)) { // the common case: nothing to merge
		app := &App{}
		if err := l.decode(raw, at, app); err != nil {
			return nil, err
		}
		app.settle()
		return app, nil
	}
	var value map[string]any
	if err := decodeAny(raw, &value); err != nil {
		return nil, err
	}
	value, err := l.merge(value, AppEntry, at, name, nil)
	if err != nil || value == nil {
		return nil, err
	}
	workloads := map[string]any{"": value}
	if more, ok := value["workloads"].(map[string]any); ok {
		maps.Copy(workloads, more)
	}
	complete := true
	for _, w := range slices.Sorted(maps.Keys(workloads)) {
		workload, _ := workloads[w].(map[string]any)
		for _, field := range []string{"containers", "sidecars", "init"} {
			containers, _ := workload[field].(map[string]any)
			for _, c := range slices.Sorted(maps.Keys(containers)) {
				where := at
				if w != "" {
					where = at.Join("workloads", w)
				}
				container, _ := containers[c].(map[string]any)
				merged, err := l.merge(container, ContainerEntry, where.Join(field, c), name, nil)
				if err != nil {
					return nil, err
				}
				complete = complete && merged != nil
				containers[c] = merged
			}
		}
	}
	if !complete {
		return nil, nil
	}
	merged, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	app := &App{}
	if err := l.decode(merged, at, app); err != nil {
		return nil, err
	}
	app.settle()
	return app, nil
}

// merge lays value over the catalogue entry that its field from names, and so
// on down; seen are the entries so far. It returns nil when one could not be had.
func (l *loader) merge(value map[string]any, kind EntryKind, at Path, app string, seen []string) (map[string]any, error) {
	from, _ := value["from"].(string)
	if from == "" {
		return value, nil
	}
	if slices.Contains(seen, from) {
		r := Reporter{Places: l.places}
		r.Error(at.Join("from"), "app/from-cycle",
			fmt.Sprintf("the catalogue entry %s comes from itself", cycle(append(seen, from))),
			"an entry can only stand on others",
			"take one from out of the circle")
		l.findings = append(l.findings, r.Findings...)
		return nil, nil
	}
	entry, err := l.source.Entry(kind, from, app, l.places.Of(at.Join("from")))
	if err != nil || entry.JSON == nil {
		return nil, err
	}
	l.places.add(at, entry.Lines)
	var base map[string]any
	if err := decodeAny(entry.JSON, &base); err != nil {
		return nil, err
	}
	base, err = l.merge(base, kind, at, app, append(seen, from))
	if err != nil || base == nil {
		return nil, err
	}
	merged := overlay(base, value)
	if kind == ChartEntry {
		below, _ := base["values"].(map[string]any)
		above, _ := value["values"].(map[string]any)
		merged["values"] = overlayValues(below, above)
	}
	return merged, nil
}

func cycle(names []string) string {
	from := slices.Index(names, names[len(names)-1])
	var b bytes.Buffer
	for i, n := range names[from:] {
		if i > 0 {
			b.WriteString(" → ")
		}
		b.WriteString(n)
	}
	return b.String()
}

// overlay lays over on top of base: maps by key, scalars and lists replaced;
// an entry that says off is replaced whole. Of backup and noBackup, which contradict each
// other, the upper one stays.
func overlay(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	for field, other := range map[string]string{"backup": "noBackup", "noBackup": "backup"} {
		if _, said := over[field]; said {
			delete(out, other)
		}
	}
	for key, value := range over {
		top, isMap := value.(map[string]any)
		below, wasMap := out[key].(map[string]any)
		if _, off := top["off"]; isMap && wasMap && !off {
			out[key] = overlay(below, top)
			continue
		}
		out[key] = value
	}
	return out
}

// decode is strict: an unknown field means that schema and model disagree.
func decode(raw json.RawMessage, into any) error {
	strict, err := kjson.UnmarshalStrict(raw, into)
	if err != nil {
		return err
	}
	if len(strict) > 0 {
		return strict[0]
	}
	return nil
}

// decodeAny keeps numbers as they are written.
func decodeAny(raw json.RawMessage, into *map[string]any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}
