package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"stillsuit.dev/apps"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/schemas"
)

// object is a JSON object.
type object = map[string]any

// forms are what a cluster's CUE says, to be said again under other names.
type forms struct {
	cluster    object
	namespaces map[string]json.RawMessage
	// apps are the apps as the user wrote them, by name; most say from.
	apps map[string]json.RawMessage
	// entry is what a catalogue entry says for an app of that name.
	entry   func(kind, name, app string) (object, error)
	secrets map[string][]byte // by path below the cluster's directory
	files   map[string][]byte // what is copied as it is, by path below the repository
}

// model of a cluster, whose apps are varied.
const modelCluster = "turingpi"

// grantee is what the app that the model cluster has switched off becomes:
// forms that none of its other apps has.
const grantee = `{
	"namespace": "agents",
	"after": ["home-assistant"],
	"user": 1000,
	"grants": {"reader": {"in": "agents", "allow": {"configmaps": ["get", "list", "watch"]}}},
	"disruption": {"maxUnavailable": 1},
	"replicas": 2,
	"containers": {"main": {
		"image": "docker.io/library/eclipse-mosquitto:2.0.22",
		"ports": {"http": 8080},
		"env": {"LOG_LEVEL": "info"},
		"ready": {"path": "/healthz"},
		"requests": {"cpu": "20m", "memory": "64Mi"},
		"limits": {"memory": "128Mi"}
	}},
	"connects": {"openclaw": ["gateway"]},
	"internet": {"tcp": [443]},
	"objects": {"settings": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"mode": "quiet"}}}
}`

// readForms reads the model cluster of the repository at dir.
func readForms(ctx context.Context, dir string) (*forms, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	repo, err := evaluate.Open(root, evaluate.Options{Schemas: schemas.FS, Catalogue: apps.FS})
	if err != nil {
		return nil, err
	}
	cluster, findings, err := repo.Cluster(ctx, modelCluster)
	if err := refused(findings, err); err != nil {
		return nil, err
	}
	f := &forms{
		apps: cluster.Entries("apps").JSON, namespaces: cluster.Entries("namespaces").JSON,
		secrets: map[string][]byte{}, files: map[string][]byte{},
	}
	f.entry = func(kind, name, app string) (object, error) {
		e, findings, err := cluster.Catalogue(kind, name, app)
		if err := refused(findings, err); err != nil {
			return nil, err
		}
		return decode(e.JSON())
	}
	if f.cluster, err = decode(cluster.Object()); err != nil {
		return nil, err
	}
	for name, raw := range f.apps {
		if bytes.Contains(raw, []byte(`"off"`)) {
			f.apps[name] = json.RawMessage(grantee)
		}
	}
	return f, f.read(root)
}

// read reads the files that the forms name.
func (f *forms) read(root *os.Root) (err error) {
	for _, name := range []string{"images.lock.json"} {
		if f.files[name], err = root.ReadFile(name); err != nil {
			return err
		}
	}
	for _, raw := range f.apps {
		app, err := decode(raw)
		if err != nil {
			return err
		}
		secrets, _ := app["secrets"].(object)
		for _, value := range secrets {
			name, _ := value.(string)
			if f.secrets[name], err = root.ReadFile("clusters/" + modelCluster + "/" + name); err != nil {
				return err
			}
		}
		files, _ := app["files"].(object)
		for _, value := range files {
			file, _ := value.(object)
			if name, ok := file["file"].(string); ok {
				from, to := "clusters/"+modelCluster+"/"+name, "clusters/"+clusterName+"/"+name
				if f.files[to], err = root.ReadFile(from); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// complete lays an app over the catalogue entries that it names, as the
// generator does: the app as one would write it without a catalogue.
func (f *forms) complete(name string, app object) (object, error) {
	app, err := f.over("app", name, app)
	if err != nil {
		return nil, err
	}
	workloads := []object{app}
	more, _ := app["workloads"].(object)
	for _, w := range slices.Sorted(maps.Keys(more)) {
		workloads = append(workloads, more[w].(object))
	}
	for _, w := range workloads {
		for _, field := range []string{"containers", "sidecars", "init"} {
			containers, _ := w[field].(object)
			for c, value := range containers {
				if containers[c], err = f.over("container", name, value.(object)); err != nil {
					return nil, err
				}
			}
		}
	}
	return app, nil
}

func (f *forms) over(kind, app string, value object) (object, error) {
	from, _ := value["from"].(string)
	if from == "" {
		return value, nil
	}
	base, err := f.entry(kind, from, app)
	if err != nil {
		return nil, fmt.Errorf("catalogue entry %s: %w", from, err)
	}
	base, err = f.over(kind, app, base)
	if err != nil {
		return nil, err
	}
	out := overlay(base, value)
	delete(out, "from")
	return out, nil
}

func overlay(base, over object) object {
	out := maps.Clone(base)
	for key, value := range over {
		top, isMap := value.(object)
		below, wasMap := out[key].(object)
		if isMap && wasMap {
			out[key] = overlay(below, top)
			continue
		}
		out[key] = value
	}
	return out
}

func decode(raw []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out object
	err := d.Decode(&out)
	return out, err
}
