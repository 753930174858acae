package flux

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/inventory"
)

// site is a Deployment whose lines the table below counts.
const site = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: side
        image: docker.io/library/busybox:1
      - name: main
        image: docker.io/library/nginx:1
        env:
        - {name: A, value: b}
`

// TestPlacesOfLayers puts a value's place into the layer of a kustomization that wrote it, and
// leaves every other where it is.
func TestPlacesOfLayers(t *testing.T) {
	at := func(path string) []string { return strings.Split(path, "/") }
	containers := "spec/template/spec/containers/"
	for name, c := range map[string]struct {
		files map[string]string
		want  map[string]string // place by keys
	}{
		"no layer": {map[string]string{"app/kustomization.yaml": "resources: [web.yaml]\n"}, map[string]string{
			"spec/replicas": "app/web.yaml:6:3", containers + "1/image": "app/web.yaml:13:9", containers + "1/resources": "app/web.yaml:12:9",
		}},
		"a patch in place": {map[string]string{"app/kustomization.yaml": `resources: [web.yaml]
patches:
- patch: |-
    # what this cluster has
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 3
      template:
        spec:
          containers:
          - name: main
            resources:
              limits: {memory: 64Mi}
`}, map[string]string{
			"spec/replicas": "app/kustomization.yaml:9:7", containers + "0/resources/limits/memory": "app/kustomization.yaml:15:24", // kustomize puts it first
			containers + "0/resources": "app/kustomization.yaml:14:13", "spec/template/spec/containers": "app/web.yaml:9:7", "spec": "app/web.yaml:5:1",
		}},
		"a patch on one line": {map[string]string{"app/kustomization.yaml": "resources: [web.yaml]\npatches:\n- patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 3}}'\n"}, map[string]string{
			"spec/replicas": "app/kustomization.yaml:3:10",
		}},
		"a patch in a file, for a target": {map[string]string{
			"app/kustomization.yaml": "resources: [web.yaml]\nnamePrefix: my-\npatches:\n- path: p.yaml\n  target: {kind: Deployment, name: w.*}\n- path: q.yaml\n  target: {kind: StatefulSet}\n",
			"app/p.yaml":             "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: any}\nspec:\n  replicas: 3\n",
			"app/q.yaml":             "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: any}\nspec:\n  replicas: 4\n",
		}, map[string]string{"spec/replicas": "app/p.yaml:5:3"}},
		"the last of two": {map[string]string{
			"app/kustomization.yaml":  "resources: [../base]\npatchesStrategicMerge: [p.yaml]\n",
			"app/p.yaml":              "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n",
			"base/kustomization.yaml": "resources: [../app/web.yaml]\nreplicas: [{name: web, count: 2}]\n",
		}, map[string]string{"spec/replicas": "app/p.yaml:4:8"}},
		"a component": {map[string]string{
			"app/kustomization.yaml":  "resources: [web.yaml]\ncomponents: [../more]\n",
			"more/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas:\n- name: web\n  count: 2\n",
		}, map[string]string{"spec/replicas": "more/kustomization.yaml:5:10"}},
		"operations": {map[string]string{"app/kustomization.yaml": `resources: [web.yaml]
patches:
- target: {kind: Deployment}
  patch: |-
    - op: replace
      path: /spec/replicas
      value: 3
    - op: add
      path: /spec/template/spec/containers/1/env/-
      value: {name: C, value: d}
    - op: add
      path: /metadata/annotations
      value: {a.b/c: d}
    - op: add
      path: /metadata/annotations/e.f~1g
      value: h
    - op: remove
      path: /spec/template/spec/containers/1/image
`}, map[string]string{
			"spec/replicas": "app/kustomization.yaml:7:14", containers + "1/env/1/name": "app/kustomization.yaml:10:15",
			containers + "1/env/0/name": "app/web.yaml:15:12", containers + "1/image": "app/kustomization.yaml:18:13",
			containers + "0/image": "app/web.yaml:11:9",
		}},
		"operations in a file": {map[string]string{
			"app/kustomization.yaml": "resources: [web.yaml]\npatchesJson6902:\n- target: {group: apps, version: v1, kind: Deployment, name: web}\n  path: ops.yaml\n",
			"app/ops.yaml":           "- op: add\n  path: /spec/template/spec/containers/-\n  value:\n    name: more\n    image: docker.io/library/redis:8\n",
		}, map[string]string{containers + "2/image": "app/ops.yaml:5:5", containers + "2/resources": "app/ops.yaml:4:5", containers + "1/image": "app/web.yaml:13:9"}},
		"images and labels": {map[string]string{"app/kustomization.yaml": `resources: [web.yaml]
images:
- name: docker.io/library/nginx
  newTag: "2"
commonAnnotations: {who: me}
labels:
- pairs: {a: b}
  includeTemplates: true
`}, map[string]string{
			containers + "1/image": "app/kustomization.yaml:4:11", containers + "0/image": "app/web.yaml:11:9",
			"metadata/labels/a": "app/kustomization.yaml:7:11", "metadata/annotations/who": "app/kustomization.yaml:5:21",
		}},
		"of a Flux Kustomization": {map[string]string{
			"app/ks.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec:
  interval: 1h
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  path: ./web
  images:
  - name: docker.io/library/busybox
    newTag: "7"
  patches:
  - target: {kind: Deployment, name: web}
    patch: |
      - op: replace
        path: /spec/replicas
        value: 5
`, "web/web.yaml": site, "app/web.yaml": "",
			"web/kustomization.yaml": "resources: [web.yaml]\npatches:\n- patch: '[{\"op\": \"replace\", \"path\": \"/spec/replicas\", \"value\": 4}]'\n  target: {kind: Deployment}\n",
		}, map[string]string{"spec/replicas": "app/ks.yaml:17:16", containers + "0/image": "app/ks.yaml:11:13", containers + "1/image": "web/web.yaml:13:9"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{"app/web.yaml": site}
			maps.Copy(files, c.files)
			for name, text := range files {
				name = filepath.Join(dir, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
				require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
			}
			root, err := os.OpenRoot(dir)
			require.NoError(t, err)
			defer root.Close()
			s, findings, err := Read(root, "app", &Options{NodesFile: "nodes.yaml", Nodes: []byte("kind: Node\nmetadata: {name: pi}\n")})
			require.NoError(t, err)
			require.Empty(t, findings)
			for _, o := range s.Objects {
				if o.Kind != "Deployment" {
					continue
				}
				for keys, want := range c.want {
					got, _ := s.Places.Locate(inventory.Spot{Object: o, Keys: at(keys)})
					require.Equal(t, want, got.String(), keys)
				}
				return
			}
			require.Fail(t, "no Deployment")
		})
	}
}
