package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
	"stillsuit.dev/schemas"
)

// TestEveryCommentStartsWithItsName keeps the lists of fields readable.
func TestEveryCommentStartsWithItsName(t *testing.T) {
	concepts, err := cuedoc.Concepts(schemas.FS)
	require.NoError(t, err)
	for _, c := range concepts {
		for _, d := range c.Definitions {
			require.Empty(t, otherwise(d.Name, d.Fields), c.Name)
			if len(d.Doc) > 0 {
				require.True(t, strings.HasPrefix(d.Doc, d.Name+" "), d.Name)
			}
		}
	}
	require.Equal(t, []string{"#A.b.c"}, otherwise("#A", []cuedoc.SchemaField{{Name: "b", Doc: "b is one.", Fields: []cuedoc.SchemaField{{Name: "c", Doc: "Something else."}}}}))
}

// otherwise lists the fields whose comment starts with something else.
func otherwise(path string, fields []cuedoc.SchemaField) []string {
	var out []string
	for _, f := range fields {
		if !strings.HasPrefix(f.Doc, f.Name+" ") {
			out = append(out, path+"."+f.Name)
		}
		out = append(out, otherwise(path+"."+f.Name, f.Fields)...)
	}
	return out
}
