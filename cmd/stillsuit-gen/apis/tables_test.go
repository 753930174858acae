package apis

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestX(t *testing.T) {
	tables, err := Tables(os.DirFS("."))
	require.NoError(t, err)
	for name, text := range tables {
		require.NoError(t, os.WriteFile("../../../generator/apis/"+name, []byte(text), 0o644))
	}
}
