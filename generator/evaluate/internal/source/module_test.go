package source

import (
	"context"
	"testing"

	"cuelang.org/go/mod/modfile"
	"cuelang.org/go/mod/module"
	"github.com/stretchr/testify/require"
)

// TestOfflineRegistry asks for modules that are not embedded.
func TestOfflineRegistry(t *testing.T) {
	reg := offline{cueOnly{newFileSystem(nil, nil, memory{ModuleFile: []byte(ModuleText)})}}
	for _, mv := range []module.Version{
		module.MustNewVersion("stillsuit.dev@v0", "v0.9.0"), module.MustNewVersion("example.com@v0", "v0.1.0"),
	} {
		var missing *notOffline
		_, err := reg.Fetch(context.Background(), mv)
		require.ErrorAs(t, err, &missing)
		_, err = reg.ModFile(context.Background(), mv)
		require.ErrorAs(t, err, &missing)
	}
	mf, err := reg.ModFile(context.Background(), module.MustNewVersion(ModulePath, ModuleVersion))
	require.NoError(t, err)
	require.Equal(t, ModulePath, mf.QualifiedModule())
	_, err = modfile.Parse([]byte(ModuleText), ModuleFile)
	require.NoError(t, err)
}
