package exposure_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/exposure"
)

func checkers() []*checks.Checker { return []*checks.Checker{exposure.Checker()} }

// TestTrees checks trees that no CUE produced, with the lines of their own files.
func TestTrees(t *testing.T) {
	checktest.Run(t, "testdata/base.txtar", "testdata/trees/*.txtar", checkers())
}

// TestMutants takes away what makes Services fit, and what makes them not fit.
func TestMutants(t *testing.T) {
	for name, mutant := range map[string]struct{ file, old, new string }{
		"another sharing key":       {"addresses", "name: fine-2, namespace: b, annotations: {metallb.io/loadBalancerIPs: 192.168.1.245, metallb.io/allow-shared-ip: x}", "name: fine-2, namespace: b, annotations: {metallb.io/loadBalancerIPs: 192.168.1.245, metallb.io/allow-shared-ip: y}"},
		"other pods":                {"addresses", "selector: {tier: a, app: one}", "selector: {tier: b, app: one}"},
		"the same port":             {"addresses", "selector: {app: two}, ports: [{port: 81}]}\n-- tree/same", "selector: {app: two}, ports: [{port: 80}]}\n-- tree/same"},
		"no class":                  {"addresses", "loadBalancerClass: example.com/other, ", ""},
		"no pool":                   {"addresses", "metallb.io/v1beta1\nkind: IPAddressPool", "example.com/v1beta1\nkind: IPAddressPool"},
		"a Service with an address": {"headless", "metadata: {name: db, namespace: a}\nspec: {clusterIP: None, ", "metadata: {name: db, namespace: a}\nspec: {"},
		"a class of another":        {"headless", "controller: tailscale.com/ts-ingress", "controller: example.com/other"},
		"no annotation":             {"headless", `tailscale.com/expose: "true"`, `tailscale.com/expose: "false"`},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("testdata", "trees", mutant.file+".txtar"))
			require.NoError(t, err)
			require.Equal(t, 1, strings.Count(string(b), mutant.old))
			archive := txtar.Parse([]byte(strings.Replace(string(b), mutant.old, mutant.new, 1)))
			base, err := txtar.ParseFile("testdata/base.txtar")
			require.NoError(t, err)
			archive.Files = append(archive.Files, base.Files...)
			require.NotEmpty(t, checktest.Compare(archive, checktest.Findings(t, archive, checkers())))
		})
	}
}
