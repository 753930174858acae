package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"

	"stillsuit.dev/finding"
)

// schema holds JSON against a published schema.
func schema(t *testing.T, file, text string) error {
	t.Helper()
	b, err := os.ReadFile("../../schemas/" + file)
	require.NoError(t, err)
	s := &spec.Schema{}
	require.NoError(t, json.Unmarshal(b, s))
	var value any
	require.NoError(t, json.Unmarshal([]byte(text), &value))
	return validate.NewSchemaValidator(s, nil, "", strfmt.Default).Validate(value).AsError()
}

func TestJSONIsAsPublished(t *testing.T) {
	whole := finding.Finding{
		Code: "images/no-platform", Severity: finding.Error, Place: finding.Place{File: "a.cue", Line: 1, Column: 2}, Path: "apps.a",
		Fact: "it is <1>", Contrast: "it should not be", Mend: "change it",
	}
	var b bytes.Buffer
	require.NoError(t, writeJSON(&b, []finding.Finding{whole, {Code: "images/declared", Fact: "so"}, {Code: "a/b", Severity: finding.Warning, Fact: "so"}}))
	require.NoError(t, schema(t, "findings.schema.json", b.String()))
	require.Contains(t, b.String(), `"message": "it is <1>, but it should not be; change it"`)
	none := strings.Builder{}
	require.NoError(t, writeJSON(&none, nil))
	require.Equal(t, "{\n  \"version\": 1,\n  \"findings\": []\n}\n", none.String())
	require.NoError(t, schema(t, "findings.schema.json", none.String()))

	// The schema would notice.
	for from, to := range map[string]string{
		`"version": 1`: `"version": 2`, `"severity": "error"`: `"severity": "fatal"`, `"fact"`: `"facts"`, `"line": 1`: `"line": 0`,
		`"images/declared"`: `"declared"`, `"column": 2`: `"column": "2"`,
	} {
		require.Contains(t, b.String(), from)
		require.Error(t, schema(t, "findings.schema.json", strings.Replace(b.String(), from, to, 1)), to)
	}
}
