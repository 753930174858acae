package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"

	"stillsuit.dev/checks/fit"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/report"
)

// secretsIn are trees with a mistake beside a secret, $C; in base64 it is $B.
var secretsIn = map[string]string{
	"a literal without a key":     "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: [\"$C\"]}]\n",
	"a literal twice":             "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: [\"a=$C\", \"a=$C\"]}]\n",
	"a literal, with a bad patch": "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: [\"a=$C\"]}]\npatches: [{patch: \"a: b\"}]\n",
	"a literal, a bad option":     "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: [\"a=$C\"], behavior: odd}]\n",
	"a literal with a bad key":    "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: [\"b c/d=$C\"]}]\n",
	"a literal that is a map":     "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: {a: \"$C\"}}]\n",
	"a literal of a list":         "-- kustomization.yaml --\nsecretGenerator: {name: s, literals: [\"a=$C\"]}\n",
	"an env file":                 "-- kustomization.yaml --\nsecretGenerator: [{name: s, envs: [a.env]}]\n-- a.env --\nA=$C\n$C b=\n",
	"an env file with a bad key":  "-- kustomization.yaml --\nsecretGenerator: [{name: s, envs: [a.env]}]\n-- a.env --\n$C $C\n",
	"an env file that is no text": "-- kustomization.yaml --\nsecretGenerator: [{name: s, envs: [a.env]}]\n-- a.env --\nA=$C\xff\n",
	"a key in a query":            "-- kustomization.yaml --\nresources: [\"git@git.example:a/b?sshkey=$C\"]\n",
	"a file":                      "-- kustomization.yaml --\nsecretGenerator: [{name: s, files: [\"a b=a.txt\"]}]\n-- a.txt --\n$C\n",
	"a generator as a plugin":     "-- kustomization.yaml --\ngenerators: [g.yaml]\n-- g.yaml --\napiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: s}\nliterals: [\"$C\"]\n",
	"a generator inline":          "-- kustomization.yaml --\ngenerators:\n- |-\n  {apiVersion: builtin, kind: SecretGenerator, metadata: {name: s}, literals: [\"$C\"]}\n",
	"a generator of one's own":    "-- kustomization.yaml --\ngenerators:\n- |-\n  {kind: Mine, stringData: {a: \"$C\"}, apiVersion: x/v1}\n",
	"a patch of nothing":          "-- kustomization.yaml --\npatches:\n- target: {kind: Secret, name: s}\n  patch: |-\n    kind: Secret\n    stringData: {a: \"$C\"\n",
	"a patch without a target":    "-- kustomization.yaml --\npatches:\n- patch: |-\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: s}\n    stringData: {a: \"$C\"}\n",
	"a JSON patch":                "-- kustomization.yaml --\nresources: [a.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |-\n    - op: replace\n      path: /data/none/a\n      value: $C\n-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\n",
	"a strategic patch":           "-- kustomization.yaml --\npatchesStrategicMerge:\n- |-\n  kind: Secret\n  metadata: {name: s}\n  stringData: {a: \"$C\"}\n",
	"data of the wrong type":      "-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\ndata: {a: [\"$C\"]}\n",
	"data that is no base64":      "-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\ndata: {a: \"$C\"}\n",
	"data that is a text":         "-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\ndata: \"$C\"\n",
	"stringData of numbers":       "-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {a: 5, b: \"$C\"}\n",
	"a Secret twice":              "-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\ndata: {a: \"$B\"}\n-- b.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {a: \"$C\"}\n",
	"a key twice":                 "-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {a: \"$C\", a: \"$C\"}\n",
	"broken YAML":                 "-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData:\n  a: \"$C\n  b: c\n",
	"an unknown escape":           "-- a.yaml --\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {a: \"$C\\q\"}\n",
	"an env of the wrong type":    "-- a.yaml --\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {containers: [{name: c, image: x, env: [{name: PASSWORD, value: [\"$C\"]}]}]}\n",
	"an env that is a map":        "-- a.yaml --\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {containers: [{name: c, image: x, env: {PASSWORD: \"$C\"}}]}\n",
	"what was applied last":       "-- a.yaml --\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: p, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{\"stringData\": {\"a\": \"$C\"}}'}}\ndata: 5\n",
	"a substitution":              "-- a.yaml --\nkind: Kustomization\napiVersion: kustomize.toolkit.fluxcd.io/v1\nmetadata: {name: p}\nspec: {path: 5, postBuild: {substitute: {A: \"$C\"}}}\n",
	"a resource's URL":            "-- kustomization.yaml --\nresources: [\"https://me:$C@git.example/a//b?ref=v1\"]\n",
	"a resource's long URL":       "-- kustomization.yaml --\nresources: [\"https://a-very-long-name-of-a-user-so-that-the-message-cuts-it-somewhere:$C@git.example/a\"]\n",
	"a resource's token":          "-- kustomization.yaml --\nresources: [\"https://$C@git.example/a//b?ref=v1\"]\n",
	"a token in a query":          "-- kustomization.yaml --\nresources: [\"https://git.example/a//b?ref=v1&access_token=$C\"]\n",
	"a component's URL":           "-- kustomization.yaml --\ncomponents: [\"git::https://me:$C@git.example/a\"]\n",
	"a base's URL":                "-- kustomization.yaml --\nbases: [\"oci://me:$C@r.example/a\"]\n",
	"an image with a login":       "-- a.yaml --\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {containers: [{name: c, image: \"me:$C@r.example/a:1\"}]}\n",
	"an image with a password":    "-- a.yaml --\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {containers: [{name: c, image: \"https://me:$C@r.example/a:1\"}]}\n",
	"a chart's repository":        "-- a.yaml --\nkind: HelmRepository\napiVersion: source.toolkit.fluxcd.io/v1\nmetadata: {name: p}\nspec: {url: \"https://me:$C@r.example\"}\n---\nkind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\nmetadata: {name: p}\nspec: {chart: {spec: {chart: a, sourceRef: {kind: HelmRepository, name: p}}}, values: {password: \"$C\"}}\n",
}

// leaked reports whether a text has a value: as it is, byte by byte as fmt
// prints one, in base64, or as part of a URL.
func leaked(text, value string) bool {
	for _, form := range []string{value, value[:12], strings.Trim(fmt.Sprint([]byte(value[:12])), "[]"), base64.StdEncoding.EncodeToString([]byte(value)), url.QueryEscape(value), url.PathEscape(value)} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

// tried writes a tree with a value, checks it and returns what is said.
func tried(t *testing.T, tree, value, form string) string {
	t.Helper()
	dir := t.TempDir()
	text := strings.NewReplacer("$C", value, "$B", base64.StdEncoding.EncodeToString([]byte(value))).Replace(tree)
	for _, f := range txtar.Parse([]byte(text)).Files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644))
	}
	var out bytes.Buffer
	flags := checkFlags{output: form, checkers: []*checks.Checker{images.Checker(), fit.Checker(nil)}}
	cmd := &cobra.Command{}
	cmd.SetOut(&out)
	cmd.SetContext(t.Context())
	if err := flags.run(cmd, dir, []string{"."}); err != nil {
		require.ErrorIs(t, err, errFindings, out.String())
	}
	return out.String()
}

// RELIABILITY 13: no form of a message repeats a secret.
func TestCanaries(t *testing.T) {
	canaries := 0
	for name, tree := range secretsIn {
		t.Run(name, func(t *testing.T) {
			for _, form := range report.Forms() {
				canaries++
				canary := fmt.Sprintf("canary-%d-x7&f3/9", canaries)
				if strings.Contains(tree, ".example") { // as a URL has it
					canary = fmt.Sprintf("canary-%d-x7%%2Ff3", canaries)
				}
				said := tried(t, tree, canary, form)
				if leaked(said, canary) {
					t.Errorf("%s: %s", form, said)
				}
			}
		})
	}
	require.GreaterOrEqual(t, canaries, 200)
}

// A value that is no secret is repeated, so the test above would notice one.
func TestCanariesAreNoticed(t *testing.T) {
	for _, tree := range []string{
		"-- kustomization.yaml --\nresources: [$C.yaml]\n",
		"-- kustomization.yaml --\nconfigMapGenerator: [{name: s, files: [$C.txt]}]\n",
		"-- a.yaml --\nkind: Pod\napiVersion: v1\nmetadata: {name: $C}\nspec: 5\n",
	} {
		for _, form := range report.Forms() {
			require.True(t, leaked(tried(t, tree, "canary-1-x7f39", form), "canary-1-x7f39"), "%s %s", form, tree)
		}
	}
}
