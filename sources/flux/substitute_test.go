package flux

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	fluxkustomize "github.com/fluxcd/pkg/kustomize"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
)

// TestSubstitutedAsFlux compares what becomes of an object with what Flux's own code makes of it.
func TestSubstitutedAsFlux(t *testing.T) {
	values := map[string]string{"A": "a", "NUMBER": "8080", "YES": "true", "EMPTY": "", "QUOTED": `"8080"`, "COLON": "a: b", "LINE": "x", "TILDE": "~", "DATE": "2026-01-01", "SCI": "1e3", "HASH": "a #b", "BAD": "a: b: c", "DOLLAR": "$x"}
	texts := []string{
		"${A}", "x-${A}-y", "${NUMBER}", "${YES}", "${EMPTY}", "${QUOTED}", "${COLON}", "${TILDE}", "${DATE}", "${SCI}", "${HASH}", "${BAD}", "${DOLLAR}", "${A}${NUMBER}",
		"${UNSET}", "${UNSET:-d}", "${UNSET:=5}", "${UNSET-}", "${A:-d}", "${UNSET:+d}", "${A^^}", "${A:0:1}", "${#A}", "${A/a/b}", "${UNSET^^}", "$${A}", "$A", "${", "${A", "${A-}", "${1}", "a${}b",
		"${A}\nsecond ${NUMBER}", "#!/bin/sh\necho \"${A}\" ${NUMBER:-1}\n", "{{ .x }} ${A}", "%${A}", "- ${A}", "? ${A}", "'${NUMBER}'", "\"${NUMBER}\"", "${NUMBER}%", "0${NUMBER}",
	}
	factory := provider.NewDefaultDepProvider().GetResourceFactory()
	for _, strict := range []bool{true, false} {
		for _, text := range texts {
			for _, labels := range []map[string]any{nil, {disabled: "disabled"}, {"${A}": "x"}} {
				object := map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "x"}, "data": map[string]any{"k": text, "list": []any{text, "z"}}}
				if labels != nil {
					object["metadata"].(map[string]any)["labels"] = labels
				}
				b, err := json.Marshal(object)
				require.NoError(t, err)
				res, err := factory.FromBytes(b)
				require.NoError(t, err)
				substitute := map[string]any{}
				for name, value := range values {
					substitute[name] = value
				}
				k := unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"postBuild": map[string]any{"substitute": substitute}}}}
				theirs, theirErr := fluxkustomize.SubstituteVariables(t.Context(), nil, k, res, fluxkustomize.SubstituteWithDryRun(true), fluxkustomize.SubstituteWithStrict(strict))
				ours, failed := (&variables{unit: "x", values: values, lenient: !strict}).substituted(object)
				require.Equal(t, theirErr != nil, len(failed) > 0, "%q %v: %v, %v", text, labels, theirErr, failed)
				if theirErr != nil {
					continue
				}
				want := b
				if theirs != nil {
					want, err = theirs.MarshalJSON()
					require.NoError(t, err)
				}
				got, err := json.Marshal(ours)
				require.NoError(t, err)
				require.JSONEq(t, string(want), string(got), "%q", text)
			}
		}
	}
}

// TestUnknownVariables keeps a text as it is written where a variable in it is not known, and
// says nothing of it.
func TestUnknownVariables(t *testing.T) {
	v := &variables{unit: "x", values: map[string]string{"A": "1"}, unknown: map[string]string{"SECRET": "it comes from Secret s"}, open: "ConfigMap c"}
	ours, failed := v.substituted(map[string]any{"a": "${A}", "b": "${SECRET}-${A}", "c": "${OTHER}", "d": "${OTHER:=7}", "e": []any{"${SECRET:-x}", "${A}"}, "${SECRET}": "f", "g": "${SECRET:0:2}"})
	require.Empty(t, failed)
	b, err := yaml.Marshal(ours)
	require.NoError(t, err)
	require.Equal(t, "${SECRET}: f\na: 1\nb: ${SECRET}-${A}\nc: ${OTHER}\nd: 7\ne:\n- ${SECRET:-x}\n- 1\ng: ${SECRET:0:2}\n", string(b))
	require.False(t, (*variables)(nil).replaces())
	require.False(t, (&variables{}).replaces())
	require.True(t, (&variables{always: true}).replaces())
}

func replaceAll(text string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(text)
}

// deployments are the replicas and images of those among objects, by name.
func deployments(objects []*manifest.Object) map[string]string {
	out := map[string]string{}
	for _, o := range objects {
		if d, is := o.Value.(*appsv1.Deployment); is {
			replicas := int32(0)
			if d.Spec.Replicas != nil {
				replicas = *d.Spec.Replicas
			}
			out[o.Name] = fmt.Sprintf("%d %s", replicas, d.Spec.Template.Spec.Containers[0].Image)
		}
	}
	return out
}

const unit = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: NAME, namespace: flux-system}\nspec: {interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: flux-system}, path: ./units/NAME, MORE}\n"

// TestUnits reads trees with Flux Kustomizations, and looks at a value and at what is reported.
func TestUnits(t *testing.T) {
	ks := func(name, more string) string {
		return replaceAll(unit, "NAME", name, "MORE", more)
	}
	const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata: {TAG: \"1.27\", COUNT: \"2\"}\n"
	const web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: lab}\nspec:\n  replicas: ${COUNT}\n  template: {spec: {containers: [{name: main, image: \"nginx:${TAG}\"}]}}\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  map[string]string // "replicas image" of Deployments, by name
		found []string
	}{
		"its own variables": {map[string]string{"app/ks.yaml": ks("web", `postBuild: {substitute: {TAG: "1.28", COUNT: "3"}}`), "units/web/web.yaml": web},
			map[string]string{"web": "3 nginx:1.28"}, nil},
		"of a ConfigMap that comes later": {map[string]string{"app/a.yaml": ks("web", `postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}], substitute: {COUNT: "4"}}`), "app/z.yaml": ks("zset", "suspend: false"),
			"units/web/kustomization.yaml": "resources: [web.yaml]\n", "units/web/web.yaml": web, "units/zset/cm.yaml": settings}, map[string]string{"web": "4 nginx:1.27"}, nil},
		"of a Secret": {map[string]string{"app/a.yaml": ks("web", `postBuild: {substituteFrom: [{kind: Secret, name: s}]}`) + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: flux-system}\nstringData: {TAG: \"1.27\", COUNT: \"2\"}\n",
			"units/web/web.yaml": web}, map[string]string{"web": "0 nginx:${TAG}"}, nil},
		"of what is not in the tree": {map[string]string{"app/a.yaml": ks("web", `postBuild: {substituteFrom: [{kind: Secret, name: s}], substitute: {COUNT: "2"}}`), "units/web/web.yaml": web}, map[string]string{"web": "2 nginx:${TAG}"}, nil},
		"not set": {map[string]string{"app/a.yaml": ks("web", `postBuild: {substitute: {COUNT: "2"}}`), "units/web/web.yaml": web}, map[string]string{"web": "2 nginx:${TAG}"},
			[]string{"units/web/web.yaml:6:47: error: the variable TAG is not set: Flux Kustomization web does not have it in postBuild. Flux applies nothing of the unit then: variable not set (strict mode). Add TAG to `postBuild.substitute`, give it a default as in `${TAG:=VALUE}`, or write `$${TAG}` where the text is not for Flux. [foreign/substitution]"}},
		"not set, before Flux 2.9": {map[string]string{"app/a.yaml": ks("web", `postBuild: {substitute: {COUNT: "2"}}`), "units/web/web.yaml": replaceAll(web, "nginx:${TAG}", "nginx:a${TAG}b"),
			"app/gotk.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kustomize-controller, namespace: flux-system}\nspec: {replicas: 1, template: {spec: {containers: [{name: manager, image: \"ghcr.io/fluxcd/kustomize-controller:v1.6.0\"}]}}}\n"},
			map[string]string{"web": "2 nginx:ab", "kustomize-controller": "1 ghcr.io/fluxcd/kustomize-controller:v1.6.0"}, nil},
		"not set, with the gate off": {map[string]string{"app/a.yaml": ks("web", `postBuild: {substitute: {COUNT: "2"}}`), "units/web/web.yaml": replaceAll(web, "nginx:${TAG}", "nginx:a${TAG}b"),
			"app/gotk.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kustomize-controller, namespace: flux-system}\nspec: {replicas: 1, template: {spec: {containers: [{name: manager, args: [\"--feature-gates=A=true,StrictPostBuildSubstitutions=false\"], image: \"ghcr.io/fluxcd/kustomize-controller:v1.9.5\"}]}}}\n"},
			map[string]string{"web": "2 nginx:ab", "kustomize-controller": "1 ghcr.io/fluxcd/kustomize-controller:v1.9.5"}, nil},
		"a number in place of a text": {map[string]string{"app/a.yaml": ks("web", `postBuild: {substitute: {PORT: "8080"}}`), "units/web/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: b\n  port: \"${PORT}\"\n"}, map[string]string{},
			[]string{"units/web/web.yaml:6:3: error: data.port of ConfigMap x is the number 8080, since Flux replaces ${PORT}. Kubernetes expects a text. Give the variable a value with quotes of its own, such as '\"8080\"': Flux replaces it in YAML without the quotes of the file. [foreign/undecodable]"}},
		"a number with quotes of its own": {map[string]string{"app/a.yaml": ks("web", `postBuild: {substitute: {PORT: '"8080"'}}`), "units/web/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  port: \"${PORT}\"\n"}, map[string]string{}, nil},
		"suspended": {map[string]string{"app/a.yaml": ks("web", "suspend: true"), "units/web/web.yaml": web}, map[string]string{},
			[]string{"app/a.yaml:1:1: note: Flux Kustomization web is suspended. Flux does not apply units/web, so it was not checked. [foreign/suspended]"}},
		"of another source": {map[string]string{"app/a.yaml": replaceAll(ks("web", "wait: true"), "name: flux-system}, path", "name: other}, path") + "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: other, namespace: flux-system}\nspec: {url: https://example.com/other}\n",
			"units/web/web.yaml": web}, map[string]string{},
			[]string{"app/a.yaml:1:1: note: Flux Kustomization web applies units/web of the GitRepository other. That is not this repository, so what it applies was not checked. Check it in its own repository. [foreign/not-here]"}},
		"of a source that applies itself": {map[string]string{"app/flux/a.yaml": replaceAll(ks("web", `postBuild: {substitute: {COUNT: "1", TAG: a}}`), "name: flux-system}, path", "name: home}, path") + "---\n" + replaceAll(ks("all", "wait: true"), "name: flux-system}, path", "name: home}, path", "units/all", "app/flux") + "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: home, namespace: flux-system}\nspec: {url: https://example.com/home}\n",
			"units/web/web.yaml": web}, map[string]string{"web": "1 nginx:a"}, nil},
		"one path twice": {map[string]string{"app/ks.yaml": ks("web", `postBuild: {substitute: {TAG: "1", COUNT: "1", APP: a}}`) + "---\n" + replaceAll(ks("two", `postBuild: {substitute: {TAG: "2", COUNT: "2", APP: b}}`), "units/two", "units/web"),
			"units/web/web.yaml": replaceAll(web, "name: web", "name: \"${APP}\"")}, map[string]string{"a": "1 nginx:1", "b": "2 nginx:2"}, nil},
		"two that differ": {map[string]string{"app/ks.yaml": ks("web", `postBuild: {substitute: {TAG: "1", COUNT: "1"}}`) + "---\n" + replaceAll(ks("two", `postBuild: {substitute: {TAG: "2", COUNT: "2"}}`), "units/two", "units/web"),
			"units/web/web.yaml": web, "units/x/web.yaml": web}, map[string]string{"web": "1 nginx:1"}, nil},
		"two places": {map[string]string{"app/ks.yaml": ks("web", `postBuild: {substitute: {TAG: "1", COUNT: "1"}}`) + "---\n" + ks("two", `postBuild: {substitute: {TAG: "2", COUNT: "2"}}`), "units/web/web.yaml": web, "units/two/web.yaml": web}, map[string]string{"web": "1 nginx:1"},
			[]string{"units/two/web.yaml:1:1: error: the Flux Kustomizations web and two both apply Deployment lab/web, and differ. Each of them reverts what the other one applied. Let one of them apply it. [foreign/twice]"}},
		"two places with the same": {map[string]string{"app/ks.yaml": ks("web", `postBuild: {substitute: {TAG: "1", COUNT: "1"}}`) + "---\n" + ks("two", `postBuild: {substitute: {TAG: "1", COUNT: "1"}}`), "units/web/web.yaml": web, "units/two/web.yaml": web}, map[string]string{"web": "1 nginx:1"}, nil},
		"beside them":              {map[string]string{"app/flux/ks.yaml": ks("web", `postBuild: {substitute: {TAG: "1", COUNT: "1"}}`), "app/docs/mkdocs.yaml": "a: b\n", "units/web/web.yaml": web}, map[string]string{"web": "1 nginx:1"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range c.files {
				name = filepath.Join(dir, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
				require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
			}
			root, err := os.OpenRoot(dir)
			require.NoError(t, err)
			defer root.Close()
			s, findings, err := Read(root, "app", &Options{NodesFile: "nodes.yaml", Nodes: []byte("kind: Node\nmetadata: {name: pi}\n")})
			require.NoError(t, err)
			var found []string
			for _, f := range findings {
				found = append(found, f.String())
			}
			require.Equal(t, c.found, found)
			require.Equal(t, c.want, deployments(s.Objects))
		})
	}
}
