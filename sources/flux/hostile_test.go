package flux

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"stillsuit.dev/finding"
)

// sentinel stands in every file outside of the repository.
const sentinel = "sentinel-outside"

// hostile is a tree that tries to read what is outside, to fetch or to run
// something. $NET is an address that counts connections, $OUT the directory that
// holds the repository, $ROOT the repository.
type hostile struct {
	name  string
	files map[string]string
	links map[string]string // by the link's name
}

const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: ghcr.io/example/web:1.0.0}]}}}\n"

// kustomization is a tree of one kustomization and a deployment.
func kustomization(name, text string) hostile {
	return hostile{name: name, files: map[string]string{"app/kustomization.yaml": text, "app/web.yaml": deployment}}
}

func hostiles() []hostile {
	plugin := func(name, field, kind, more string) hostile {
		return kustomization(name, fmt.Sprintf("resources: [web.yaml]\n%s:\n- |\n  apiVersion: builtin\n  kind: %s\n  metadata: {name: x}\n  %s\n", field, kind, more))
	}
	out := []hostile{
		// Out of the repository, by path.
		kustomization("a resource above", "resources: [../../outside/web.yaml]\n"),
		kustomization("a resource far above", "resources: [../../../../../../../../../../etc/passwd]\n"),
		kustomization("an absolute resource", "resources: [$OUT/outside/web.yaml]\n"),
		kustomization("an absolute directory", "resources: [$OUT/outside]\n"),
		kustomization("a directory above", "resources: [../../outside]\n"),
		kustomization("a way down and up", "resources: [./x/../../../outside/web.yaml]\n"),
		kustomization("bases", "bases: [../../outside]\n"),
		kustomization("a component above", "components: [../../outside]\n"),
		kustomization("a patch above", "resources: [web.yaml]\npatches: [{path: ../../outside/web.yaml}]\n"),
		kustomization("an absolute patch", "resources: [web.yaml]\npatches: [{path: $OUT/outside/web.yaml}]\n"),
		kustomization("a merge patch above", "resources: [web.yaml]\npatchesStrategicMerge: [../../outside/web.yaml]\n"),
		kustomization("a JSON patch above", "resources: [web.yaml]\npatchesJson6902: [{path: ../../outside/patch.yaml, target: {version: v1, kind: Deployment, name: web}}]\n"),
		kustomization("a ConfigMap's file above", "configMapGenerator: [{name: x, files: [../../outside/secret]}]\n"),
		kustomization("a ConfigMap's file above, with a key", "configMapGenerator: [{name: x, files: [k=../../outside/secret]}]\n"),
		kustomization("an absolute file of a ConfigMap", "configMapGenerator: [{name: x, files: [k=$OUT/outside/secret]}]\n"),
		kustomization("/etc/passwd in a ConfigMap", "configMapGenerator: [{name: x, files: [/etc/passwd]}]\n"),
		kustomization("a ConfigMap's variables above", "configMapGenerator: [{name: x, envs: [../../outside/env]}]\n"),
		kustomization("a ConfigMap's one file of variables", "configMapGenerator: [{name: x, env: ../../outside/env}]\n"),
		kustomization("a Secret's file above", "secretGenerator: [{name: x, files: [../../outside/secret]}]\n"),
		kustomization("a Secret's variables above", "secretGenerator: [{name: x, envs: [../../outside/env]}]\n"),
		kustomization("an OpenAPI schema above", "resources: [web.yaml]\nopenapi: {path: ../../outside/schema.json}\n"),
		kustomization("CRDs above", "resources: [web.yaml]\ncrds: [../../outside/schema.json]\n"),
		kustomization("configurations above", "resources: [web.yaml]\nconfigurations: [../../outside/web.yaml]\n"),
		kustomization("a replacement above", "resources: [web.yaml]\nreplacements: [{path: ../../outside/web.yaml}]\n"),
		kustomization("a generator above", "generators: [../../outside/generator.yaml]\n"),
		kustomization("a transformer above", "resources: [web.yaml]\ntransformers: [../../outside/generator.yaml]\n"),
		kustomization("a validator above", "resources: [web.yaml]\nvalidators: [../../outside/generator.yaml]\n"),
		plugin("a configured ConfigMap", "generators", "ConfigMapGenerator", "files: [k=../../outside/secret]"),
		plugin("a configured ConfigMap, in capitals", "generators", "ConfigMapGenerator", "FILES: [k=../../outside/secret]"),
		plugin("a configured Secret", "generators", "SecretGenerator", "envs: [../../outside/env]"),
		plugin("a configured patch", "transformers", "PatchTransformer", "path: ../../outside/web.yaml"),
		plugin("a configured replacement", "transformers", "ReplacementTransformer", "replacements: [{path: ../../outside/web.yaml}]"),
		// Out of the repository, by link.
		{"a link to a file", map[string]string{"app/kustomization.yaml": "resources: [web.yaml]\n"}, map[string]string{"app/web.yaml": "../../outside/web.yaml"}},
		{"an absolute link", map[string]string{"app/kustomization.yaml": "resources: [web.yaml]\n"}, map[string]string{"app/web.yaml": "$OUT/outside/web.yaml"}},
		{"a link to a directory", map[string]string{"app/kustomization.yaml": "resources: [sub]\n"}, map[string]string{"app/sub": "../../outside"}},
		{"a link in plain YAML", map[string]string{"app/other.yaml": deployment}, map[string]string{"app/web.yaml": "../../outside/web.yaml"}},
		{"a kustomization that is a link", map[string]string{"app/web.yaml": deployment}, map[string]string{"app/kustomization.yaml": "../../outside/kustomization.yaml"}},
		{"links in a circle", map[string]string{"app/kustomization.yaml": "resources: [a.yaml]\n"}, map[string]string{"app/a.yaml": "b.yaml", "app/b.yaml": "a.yaml"}},
		{"a directory that holds itself", map[string]string{"app/kustomization.yaml": "resources: [sub, web.yaml]\n", "app/web.yaml": deployment}, map[string]string{"app/sub": "../app"}},
		{"a device", map[string]string{"app/kustomization.yaml": "configMapGenerator: [{name: x, files: [zero]}]\n"}, map[string]string{"app/zero": "/dev/zero"}},
		// By Flux.
		{"a Flux Kustomization that patches with a component above", map[string]string{
			"app/ks.yaml":  "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x, namespace: flux-system}\nspec: {path: ./sub, components: [../../outside], sourceRef: {kind: GitRepository, name: x}}\n",
			"sub/web.yaml": deployment,
		}, nil},
		// From elsewhere.
		kustomization("a URL", "resources: [\"http://$NET/web.yaml\"]\n"),
		kustomization("a URL in capitals", "resources: [\"HTTP://$NET/web.yaml\"]\n"),
		kustomization("a repository by HTTP", "resources: [\"http://$NET/owner/name//base?ref=v1\"]\n"),
		kustomization("a repository by SSH", "resources: [\"ssh://git@127.0.0.1/owner/name\"]\n"),
		kustomization("a repository as git writes it", "resources: [\"git@127.0.0.1:owner/name\"]\n"),
		kustomization("a repository of GitHub", "resources: [github.com/owner/name/base]\n"),
		kustomization("a forced repository", "resources: [\"git::http://$NET/owner/name\"]\n"),
		kustomization("a repository on the disk", "resources: [\"file://$OUT/outside\"]\n"),
		kustomization("a remote component", "components: [\"http://$NET/owner/name\"]\n"),
		kustomization("a remote patch", "resources: [web.yaml]\npatches: [{path: \"http://$NET/patch.yaml\"}]\n"),
		kustomization("a remote file of a ConfigMap", "configMapGenerator: [{name: x, files: [\"k=http://$NET/secret\"]}]\n"),
		kustomization("a remote CRD", "resources: [web.yaml]\ncrds: [\"http://$NET/crd.json\"]\n"),
		kustomization("a remote schema", "resources: [web.yaml]\nopenapi: {path: \"http://$NET/schema.json\"}\n"),
		kustomization("a remote transformer", "resources: [web.yaml]\ntransformers: [\"http://$NET/t.yaml\"]\n"),
		plugin("a configured remote patch", "transformers", "PatchTransformer", "path: \"http://$NET/patch.yaml\""),
		// By running something.
		kustomization("a Helm chart", "helmCharts: [{name: x, repo: \"http://$NET\", version: 1.0.0}]\n"),
		kustomization("an old Helm chart", "helmChartInflationGenerator: [{chartName: x, chartRepoUrl: \"http://$NET\"}]\n"),
		plugin("a configured Helm chart", "generators", "HelmChartInflationGenerator", "repo: \"http://$NET\""),
		kustomization("a program", "resources: [web.yaml]\ntransformers:\n- |\n  apiVersion: example.com/v1\n  kind: Run\n  metadata:\n    name: x\n    annotations: {config.kubernetes.io/function: \"exec: {path: ./run.sh}\"}\n"),
		kustomization("a container", "resources: [web.yaml]\ngenerators:\n- |\n  apiVersion: example.com/v1\n  kind: Run\n  metadata:\n    name: x\n    annotations: {config.kubernetes.io/function: \"container: {image: x}\"}\n"),
		{"a configuration that is built", map[string]string{
			"app/kustomization.yaml": "transformers: [gen]\nresources: [web.yaml]\n", "app/web.yaml": deployment,
			"app/gen/kustomization.yaml": "resources: [t.yaml]\npatches: [{patch: '[{op: add, path: /path, value: \"http://$NET/x\"}]', target: {kind: PatchTransformer}}]\n",
			"app/gen/t.yaml":             "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\n",
		}, nil},
		// Round in circles.
		{"two that take each other", map[string]string{"app/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../app]\n"}, nil},
	}
	many := map[string]string{"app/kustomization.yaml": "resources: [../n0]\n", "n14/kustomization.yaml": "resources: [web.yaml]\n", "n14/web.yaml": deployment}
	for i := range 14 {
		many[fmt.Sprintf("n%d/kustomization.yaml", i)] = "resources: [a, b]\n"
		for _, side := range []string{"a", "b"} {
			many[fmt.Sprintf("n%d/%s/kustomization.yaml", i, side)] = fmt.Sprintf("namePrefix: %s-\nresources: [../../n%d]\n", side, i+1)
		}
	}
	return append(out, hostile{"a doubling at each level", many, nil})
}

// lay writes the tree and what is outside; it returns the directory of both.
func (h hostile) lay(t *testing.T, addr string) string {
	t.Helper()
	out := t.TempDir()
	fill := strings.NewReplacer("$NET", addr, "$OUT", out).Replace
	write := func(name, text string) {
		name = filepath.Join(out, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(fill(text)), 0o644))
	}
	for name, text := range map[string]string{
		"web.yaml":           strings.ReplaceAll(deployment, "ghcr.io/example", sentinel),
		"kustomization.yaml": "resources: [web.yaml]\ncommonAnnotations: {is: " + sentinel + "}\n",
		"secret":             sentinel, "env": "KEY=" + sentinel + "\n",
		"schema.json": `{"definitions": {"` + sentinel + `": {}}}`,
		"patch.yaml":  `[{"op": "add", "path": "/metadata/annotations", "value": {"is": "` + sentinel + `"}}]`,
		"generator.yaml": "apiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: x}\nannotations: {is: " + sentinel +
			"}\nfieldSpecs: [{path: metadata/annotations, create: true}]\n",
	} {
		write("outside/"+name, text)
	}
	for name, text := range h.files {
		write("repo/"+name, text)
	}
	for name, target := range h.links {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(out, "repo", name)), 0o755))
		require.NoError(t, os.Symlink(fill(target), filepath.Join(out, "repo", name)))
	}
	return out
}

// network counts connections, and runs of git, helm and docker.
func network(t *testing.T) (addr string, reached func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	var n atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n.Add(1)
			_ = c.Close() // nothing is served
		}
	}()
	bin := t.TempDir()
	ran := filepath.Join(bin, "ran")
	for _, program := range []string{"git", "helm", "docker"} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, program), []byte("#!/bin/sh\necho x >> "+ran+"\nexit 1\n"), 0o755))
	}
	t.Setenv("PATH", bin)
	return l.Addr().String(), func() int {
		b, err := os.ReadFile(ran)
		if err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
		return int(n.Load()) + strings.Count(string(b), "x")
	}
}

// TestHostileTrees reads trees that try to get out: each is refused with a
// finding, and nothing outside is read, reached or run.
func TestHostileTrees(t *testing.T) {
	require.GreaterOrEqual(t, len(hostiles()), 50)
	addr, reached := network(t)
	for _, h := range hostiles() {
		t.Run(h.name, func(t *testing.T) {
			out := h.lay(t, addr)
			root, err := os.OpenRoot(filepath.Join(out, "repo"))
			require.NoError(t, err)
			defer root.Close()
			s, findings, err := Read(root, "app", nil)
			require.NoError(t, err)
			refused := ""
			for _, f := range findings {
				require.NotContains(t, f.String(), sentinel)
				if f.Severity == finding.Error {
					require.Contains(t, []string{"foreign/refused", "foreign/missing"}, string(f.Code), f.String())
					refused += f.String() + "\n"
				}
			}
			require.NotEmpty(t, refused)
			for _, o := range s.Objects {
				b, err := o.YAML()
				require.NoError(t, err)
				require.NotContains(t, string(b), sentinel)
			}
		})
	}
	require.Zero(t, reached())
}

// TestHostileTreesAreHostile builds the same trees without the preflight: if
// kustomize did nothing with them, refusing them would show nothing.
func TestHostileTreesAreHostile(t *testing.T) {
	addr, reached := network(t)
	read, remoteTrees := 0, 0
	for _, h := range hostiles() {
		if h.name == "a doubling at each level" || h.name == "a device" {
			continue // these would take all memory
		}
		out := h.lay(t, addr)
		before := reached()
		options := &krusty.Options{LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig()}
		built, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), filepath.Join(out, "repo/app"))
		if reached() > before {
			remoteTrees++
		}
		if err != nil {
			if strings.Contains(err.Error(), sentinel) {
				read++
			}
			continue
		}
		b, err := built.AsYaml()
		require.NoError(t, err)
		if strings.Contains(string(b), sentinel) || strings.Contains(string(b), "c2VudGluZW") {
			read++
		}
	}
	require.GreaterOrEqual(t, read, 20, "trees by which kustomize reads outside")
	require.GreaterOrEqual(t, remoteTrees, 10, "trees by which kustomize reaches out")
}
