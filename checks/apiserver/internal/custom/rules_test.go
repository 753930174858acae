package custom_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/apiserver/internal/custom"
	"stillsuit.dev/finding"
)

// ruled is the definition of a kind with one rule about spec.list.
func ruled(rule string) string {
	return `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: lists.example.org},
spec: {group: example.org, names: {kind: List, plural: lists, singular: list, listKind: ListList}, scope: Cluster, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {
type: object, properties: {spec: {type: object, properties: {list: {type: array, items: {type: string}, x-kubernetes-validations: [{rule: "` + rule + `", message: it}]}}}}}}}]}}`
}

func listOf(n int) map[string]any {
	items := make([]any, n)
	for i := range items {
		items[i] = strings.Repeat("x", 1000)
	}
	return map[string]any{"apiVersion": "example.org/v1", "kind": "List", "metadata": map[string]any{"name": "l"}, "spec": map[string]any{"list": items}}
}

// TestRulesHaveBounds wants a rule of quadratic cost refused in its definition, and ended by
// the API server's limit where the definition is not checked, as for those of --crds.
func TestRulesHaveBounds(t *testing.T) {
	crd := object(t, ruled("self.all(a, self.all(b, a == b))"))
	refused := custom.CheckDefinition(t.Context(), crd)
	require.NotEmpty(t, refused)
	require.Contains(t, refused[0].Detail, "cost")

	d := custom.New()
	require.NoError(t, d.Add(crd, false))
	require.Empty(t, d.Check(t.Context(), listOf(3)))
	out := d.Check(t.Context(), listOf(120))
	require.Len(t, out, 1)
	require.Equal(t, custom.CodeInvalid, out[0].Code)
	require.Contains(t, out[0].Detail, "cost")
}

// TestRulesThatTakeTooLong wants a note for rules that were not evaluated to their end.
func TestRulesThatTakeTooLong(t *testing.T) {
	d := custom.New()
	require.NoError(t, d.Add(object(t, ruled("self.all(a, a != '')")), false))
	ended, end := context.WithCancel(t.Context())
	end()
	out := d.Check(ended, listOf(1000))
	require.Len(t, out, 1)
	require.Equal(t, custom.CodeNotChecked, out[0].Code)
	require.Equal(t, finding.Note, out[0].Severity)
}

// TestChecksSideBySide checks resources of one kind from several goroutines (go test -race).
func TestChecksSideBySide(t *testing.T) {
	d := five(t)
	objects := read(t, samples)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, o := range objects {
				if len(d.Check(t.Context(), o)) > 0 {
					t.Error("a sound resource is refused")
				}
			}
		})
	}
	group.Wait()
}
