package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// clusterName is the one cluster of a generated repository.
const clusterName = "bench"

// The load balancer's addresses in a generated cluster.
const firstAddress, lastAddress = "10.64.0.1", "10.64.255.254"

const moduleFile = `module: "example.com/bench@v0"
language: version: "v0.17.0"
deps: "stillsuit.dev@v0": v: "v0.1.0"
`

// standIn stands for the charts of the model: apps are measured, and the facts of
// the cluster are known without what makes them true.
func standIn() object {
	return object{
		"outside": "apps are measured", "namespace": "kube-system", "footprint": object{},
		"provides": []any{"cert-manager.io", "metallb.io", "rancher.io/local-path", "traefik.io", "velero.io"},
	}
}

// typing says which blocks of the generated apps name their definition, as
// docs/how-to/editor.md teaches it.
type typing int

const (
	untyped typing = iota
	typedApps
	typedBlocks // also what is below an app by a name of its own
)

// definitions are those of the blocks that have a name of their own, by the field
// that holds them.
func definitions() map[string]string {
	return map[string]string{
		"workloads": "#Workload", "containers": "#Container", "sidecars": "#Container", "init": "#Container",
		"volumes": "#Volume", "files": "#File", "expose": "#Expose",
	}
}

// repository is a generated repository while it is put together.
type repository struct {
	*forms
	typing  typing
	files   map[string][]byte
	present map[string]bool // the names of its apps
	address netip.Addr      // the next one
}

// write generates a repository of one cluster with that many apps. The forms
// come one after the other, in copies with namespaces of their own; every
// second app is written in place, without the catalogue.
func (f *forms) write(dir string, apps int, typed typing) error {
	r := &repository{
		forms: f, typing: typed, files: maps.Clone(f.files), present: map[string]bool{}, address: netip.MustParseAddr(firstAddress),
	}
	names := slices.Sorted(maps.Keys(f.apps))
	for i := range apps {
		r.present[numbered(names[i%len(names)], i/len(names)+1)] = true
	}
	for start := 0; start < apps; start += len(names) {
		n := start/len(names) + 1
		if err := r.copy(n, names[:min(len(names), apps-start)]); err != nil {
			return err
		}
	}
	network := f.cluster["network"].(object)
	cluster := overlay(f.cluster, object{"name": clusterName, "network": overlay(network, object{"pools": object{"lan": firstAddress + "-" + lastAddress}})})
	delete(cluster, "notifications") // they lead to a chart of the model
	delete(cluster, "policies")      // as many for any number of apps, with exceptions for those of the model
	if err := r.cue("cluster", object{"cluster": cluster, "charts": object{"facts": standIn()}}); err != nil {
		return err
	}
	r.files["cue.mod/module.cue"] = []byte(moduleFile)
	for _, name := range slices.Sorted(maps.Keys(r.files)) {
		full := path.Join(dir, name)
		if err := os.MkdirAll(path.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, r.files[name], 0o600); err != nil {
			return err
		}
	}
	return nil
}

// copy adds the n-th copy of the apps of those names, a few in a file as the
// model cluster has them, and the namespaces they live in.
func (r *repository) copy(n int, names []string) error {
	const perFile = 4
	namespaces := object{}
	for start := 0; start < len(names); start += perFile {
		apps := object{}
		for i, name := range names[start:min(start+perFile, len(names))] {
			app, err := r.app(name, n, (start+i+n)%2 == 0)
			if err != nil {
				return fmt.Errorf("app %s: %w", name, err)
			}
			apps[numbered(name, n)] = app
			namespaces[app["namespace"].(string)] = object{}
		}
		if err := r.cue(fmt.Sprintf("apps-%d-%d", n, start/perFile), object{"apps": apps}); err != nil {
			return err
		}
	}
	for name, raw := range r.namespaces {
		namespaces[numbered(name, n)] = raw
	}
	return r.cue(fmt.Sprintf("namespaces-%d", n), object{"namespaces": namespaces})
}

// app is the n-th copy of an app: its name, namespace, hosts and addresses are
// its own.
func (r *repository) app(name string, n int, inPlace bool) (object, error) {
	app, err := decode(r.forms.apps[name])
	if err != nil {
		return nil, err
	}
	complete, err := r.complete(numbered(name, n), app)
	if err != nil {
		return nil, err
	}
	if inPlace {
		app = complete
	}
	app["namespace"] = numbered(complete["namespace"].(string), n)
	exposures, _ := complete["expose"].(object)
	for e, value := range exposures {
		own := object{}
		x := value.(object)
		if host, ok := x["host"].(string); ok {
			own["host"] = numbered(host, n)
		}
		if _, ok := x["loadBalancer"]; ok {
			own["loadBalancer"] = r.address.String()
			r.address = r.address.Next()
		}
		app = overlay(app, object{"expose": object{e: own}})
	}
	if after, ok := app["after"].([]any); ok {
		app["after"] = []any{numbered(after[0].(string), n)}
	}
	if secrets, ok := app["secrets"].(object); ok {
		for alias, value := range secrets {
			secrets[alias] = r.secret(value.(string), n)
		}
	}
	if objects, ok := app["objects"].(object); ok {
		for _, o := range objects {
			o.(object)["metadata"].(object)["namespace"] = app["namespace"]
		}
	}
	if grants, ok := app["grants"].(object); ok {
		for _, g := range grants {
			g.(object)["in"] = app["namespace"]
		}
	}
	r.connects(app, n)
	workloads, _ := app["workloads"].(object)
	for _, w := range workloads {
		r.connects(w.(object), n)
	}
	return app, nil
}

// connects renames the apps that a workload connects to, and drops those that
// the last copy lacks.
func (r *repository) connects(workload object, n int) {
	connects, _ := workload["connects"].(object)
	for _, to := range slices.Collect(maps.Keys(connects)) {
		if r.forms.apps[to] == nil {
			continue // a workload of the app itself
		}
		ports := connects[to]
		delete(connects, to)
		if r.present[numbered(to, n)] {
			connects[numbered(to, n)] = ports
		}
	}
}

// secret copies a SOPS file into the app's own namespace. It cannot be
// decrypted then, which rendering does not try.
func (r *repository) secret(name string, n int) string {
	base, _ := strings.CutSuffix(name, ".sops.yaml")
	own := numbered(base, n) + ".sops.yaml"
	var lines [][]byte
	for line := range bytes.Lines(r.secrets[name]) {
		if ns, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("namespace: ")); ok {
			line = []byte("    namespace: " + numbered(string(ns), n) + "\n")
		}
		lines = append(lines, line)
	}
	r.files["clusters/"+clusterName+"/"+own] = bytes.Join(lines, nil)
	return own
}

// cue adds a file of the cluster's package. JSON is CUE.
func (r *repository) cue(name string, fields object) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n", clusterName)
	if _, holdsApps := fields["apps"]; holdsApps && r.typing != untyped {
		b.WriteString("\nimport \"stillsuit.dev/schemas/v1alpha1\"\n")
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&b, "\n%s: ", field)
		of := ""
		if field == "apps" && r.typing != untyped {
			of = "#App"
		}
		if err := r.value(&b, fields[field], of); err != nil {
			return err
		}
	}
	r.files["clusters/"+clusterName+"/"+name+".cue"] = b.Bytes()
	return nil
}

// value writes a value; when of is not "" it holds blocks of that definition, by name.
func (r *repository) value(b *bytes.Buffer, value any, of string) error {
	block, isBlock := value.(object)
	if !isBlock {
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		b.Write(append(text, '\n'))
		return nil
	}
	b.WriteString("{\n")
	for _, name := range slices.Sorted(maps.Keys(block)) {
		fmt.Fprintf(b, "%q: ", name)
		inner := ""
		if of != "" {
			fmt.Fprintf(b, "v1alpha1.%s & ", of)
		} else if r.typing == typedBlocks {
			inner = definitions()[name]
		}
		if err := r.value(b, block[name], inner); err != nil {
			return err
		}
	}
	b.WriteString("}\n")
	return nil
}

func numbered(name string, n int) string { return name + "-" + strconv.Itoa(n) }
