package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
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
