package generator

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// declared is a cluster as CUE would have evaluated it.
type declared map[string]any

func (d declared) Section(name string) (map[string]json.RawMessage, error) {
	entries, _ := d[name].(map[string]any)
	out := map[string]json.RawMessage{}
	for k, v := range entries {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out[k] = b
	}
	return out, nil
}

func (d declared) Facts() (json.RawMessage, error)     { return json.Marshal(d["cluster"]) }
func (declared) Place(...string) (finding.Place, bool) { return finding.Place{}, false }
func (declared) Files() []string                       { return []string{"clusters/attic/cluster.cue"} }
func (declared) Entry(model.EntryKind, string, string, finding.Place) (model.Entry, error) {
	return model.Entry{}, nil
}

type block = map[string]any

type hostilePlace struct {
	name  string
	place func(d declared, app, workload block, name string)
}

// hostilePlaces put a name where a user could, one each.
var hostilePlaces = []hostilePlace{
	{"app", func(d declared, app, _ block, n string) { d["apps"] = block{n: app} }},
	{"namespace", func(_ declared, app, _ block, n string) { app["namespace"] = n }},
	{"namespaces", func(d declared, _, _ block, n string) { d["namespaces"] = block{n: block{"labels": block{n: n}}} }},
	{"claim", func(d declared, _, _ block, n string) {
		d["namespaces"] = block{"home": block{"claims": block{n: block{"size": "1Gi"}}}}
	}},
	{"cluster", func(d declared, _, _ block, n string) { d["cluster"].(block)["name"] = n }},
	{"workload", func(_ declared, app, w block, n string) {
		delete(app, "containers")
		app["workloads"] = block{n: w}
	}},
	{"container", func(_ declared, _, w block, n string) {
		w["containers"] = block{n: block{"image": "docker.io/library/web:1"}}
	}},
	{"image", func(_ declared, _, w block, n string) { w["containers"] = block{"main": block{"image": n}} }},
	{"account", func(_ declared, app, _ block, n string) { app["account"] = n }},
	{"volume", func(_ declared, _, w block, n string) {
		w["volumes"] = block{n: block{"size": "1Gi", "mount": "/data"}}
	}},
	{"mount", func(_ declared, _, w block, n string) { w["files"] = block{n: block{"text": "x"}} }},
	{"file", func(_ declared, _, w block, n string) { w["files"] = block{"/etc/x": block{"file": n}} }},
	{"dir", func(_ declared, _, w block, n string) { w["files"] = block{"/etc/x": block{"dir": n}} }},
	{"secret", func(_ declared, app, _ block, n string) { app["secrets"] = block{"s": n} }},
	{"secret file", func(_ declared, app, _ block, n string) { app["secrets"] = block{"s": n + "/s.yaml"} }},
	{"sealed name", func(_ declared, app, _ block, _ string) { app["secrets"] = block{"s": "secrets/s.sops.yaml"} }},
	{"exposure", func(_ declared, app, _ block, n string) { app["expose"] = block{n: block{"host": n}} }},
	{"object", func(_ declared, app, _ block, n string) {
		app["objects"] = block{n: block{"apiVersion": "v1", "kind": "ConfigMap", "metadata": block{"name": n}}}
	}},
	{"kind", func(_ declared, app, _ block, n string) {
		app["objects"] = block{"x": block{"apiVersion": n, "kind": n, "metadata": block{"name": "x", "namespace": n}}}
	}},
}

// hostileCluster is a cluster with a name at one of hostilePlaces.
func hostileCluster(place int, name string) declared {
	workload := block{"containers": block{"main": block{
		"image": "docker.io/library/web:1", "ports": block{"http": 8080},
		"requests": block{"memory": "16Mi"}, "limits": block{"memory": "16Mi"},
	}}}
	app := block{"namespace": "home", "containers": workload["containers"]}
	if hostilePlaces[place].name != "workload" {
		workload = app
	}
	d := declared{
		"cluster": block{"name": "attic", "domain": "attic.example", "nodes": block{"pi": block{"arch": "arm64"}}},
		"apps":    block{"web": app},
	}
	hostilePlaces[place].place(d, app, workload, name)
	return d
}

// hostileName puts a name together from what has hurt others.
func hostileName(r *rand.Rand) string {
	parts := []string{
		"..", "../..", "../../../../..", "../../../../../../repo/..", "/", "//", `\`, `..\..`, "\x00", "\n", "\r", "CON", "nul.txt", "com1", ".", "a.", "a ",
		strings.Repeat("x", 300), "\xff\xfe", "u\u0308", "\u202e", "~", "$HOME", "%2e%2e", "C:", ".git", ".stillsuit",
		"home", "web", "ks.yaml", "é", "..a", "-rf", "*", "'", "\"", "`id`", "\u200d", "日本", "${VAR}", "{{.}}", ": ", "#",
		"app", "flux-system", "secrets", "canary", "link", "link/canary", "---", "a", "b-c",
	}
	var b strings.Builder
	for range 1 + r.IntN(5) {
		b.WriteString(parts[r.IntN(len(parts))])
		if r.IntN(2) == 0 {
			b.WriteByte('/')
		}
	}
	return b.String()
}
