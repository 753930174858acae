package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/policies/library"
	"stillsuit.dev/policies/library/fixture"
)

// told is what `stillsuit policy` says in this repository.
func told(t *testing.T, args ...string) string {
	t.Helper()
	var out, err bytes.Buffer
	require.Equal(t, exitClean, run(append([]string{"policy", "-C", "../.."}, args...), nil, &out, &err), err.String())
	require.Empty(t, err.String())
	return out.String()
}

// TestPolicyList holds the lists against tests/golden/policies.
func TestPolicyList(t *testing.T) {
	golden(t, "../../tests/golden/policies/library.txt", told(t, "list"))
	for _, cluster := range []string{"arrakeen", "turingpi"} {
		golden(t, "../../tests/golden/policies/"+cluster+".txt", told(t, "list", cluster))
	}
}

// TestPolicyShow shows one policy as it is reviewed, and each other without a gap.
func TestPolicyShow(t *testing.T) {
	golden(t, "../../tests/golden/policies/ingress-hosts.txt", told(t, "show", "ingress-hosts"))
	folders, err := fixture.Read(library.FS)
	require.NoError(t, err)
	for _, f := range folders {
		text := told(t, "show", f.Name)
		for _, head := range []string{f.Name + ": ", "\nWhy\n  ", "\nWhat to do\n  ", "\nIt lets pass\n  ", "\nIt refuses, since "} {
			require.Contains(t, text, head, f.Name)
		}
		require.NotContains(t, text, "policies.stillsuit.dev/")
		require.Equal(t, string(f.Policy), told(t, "show", f.Name, "-o", "yaml"))
	}
}

// The list as JSON has every policy, and is as published.
func TestPoliciesAsJSON(t *testing.T) {
	const file = "policies.schema.json"
	text := told(t, "list", "-o", "json")
	require.NoError(t, schema(t, file, text))
	var list jsonPolicies
	require.NoError(t, json.Unmarshal([]byte(text), &list))
	require.Len(t, list.Policies, strings.Count(told(t, "list"), "\n")-1, "the text has a head")
	require.NoError(t, schema(t, file, told(t, "list", "turingpi", "-o", "json")))

	// The schema would notice.
	for from, to := range map[string]string{
		`"version": 1`: `"version": 2`, `"severity": "high"`: `"severity": "grave"`, `"where": "ci"`: `"where": "home"`, `"parameters": []`: `"parameters": null`,
		`"policy": "tunnels"`: `"policy": "Tunnels"`, `"title"`: `"titles"`, `"value": "['nfs']"`: `"value": ["nfs"]`,
	} {
		require.Contains(t, text, from)
		require.Error(t, schema(t, file, strings.Replace(text, from, to, 1)), to)
	}
}
