package apis

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the files that differ")

// download fetches a module with the go command, in a directory of its own, so that it
// becomes no dependency of this one.
func download(t *testing.T, dir, module string) fs.FS {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", module)
	cmd.Dir = dir
	out, err := cmd.Output()
	require.NoError(t, err, "%s: %s", module, out)
	var m struct{ Dir string }
	require.NoError(t, json.Unmarshal(out, &m))
	return os.DirFS(m.Dir)
}

// TestSeen compares what is committed with what the releases say, which takes a hundred
// megabytes of modules.
func TestSeen(t *testing.T) {
	if os.Getenv("STILLSUIT_ORACLE") != "full" && !*update {
		t.Skip("STILLSUIT_ORACLE=full asks the releases")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module seen\n"), 0o600))
	want := map[string]string{}
	for minor, module := range kubernetes() {
		found, err := Discovery(download(t, dir, "k8s.io/kubernetes@"+module))
		require.NoError(t, err)
		want[fmt.Sprintf("1.%d.txt", minor)] = Write("k8s.io/kubernetes "+module+", api/discovery and pkg/controlplane/instance.go", found)
	}
	found, err := OpenAPI(download(t, dir, "k8s.io/kubernetes@"+openAPI))
	require.NoError(t, err)
	want["1.13.txt"] = Write("k8s.io/kubernetes "+openAPI+", api/openapi-spec/swagger.json", found)
	newest, err := Groups(download(t, dir, "k8s.io/api@"+types()[len(types())-1]))
	require.NoError(t, err)
	for minor, module := range clients() {
		groups, err := Groups(download(t, dir, "k8s.io/api@"+types()[0]))
		require.NoError(t, err)
		maps.Copy(groups, newest)
		found, err := Clients(download(t, dir, "k8s.io/client-go@"+module), groups)
		require.NoError(t, err)
		want[fmt.Sprintf("1.%d.txt", minor)] = Write("k8s.io/client-go "+module+", kubernetes/typed/*/*/fake", found)
	}
	var lives [][]Lifecycle
	for _, module := range lifecycleModules() {
		found, err := Lifecycles(download(t, dir, module))
		require.NoError(t, err)
		require.NotEmpty(t, found, module)
		lives = append(lives, found)
	}
	want["lifecycle.txt"] = WriteLifecycles("APILifecycle* of "+strings.Join(lifecycleModules(), ", ")+"; of a kind that several have, the last", lives)
	for name, text := range want {
		if *update {
			require.NoError(t, os.WriteFile(filepath.Join("seen", name), []byte(text), 0o600))
		}
		have, err := os.ReadFile(filepath.Join("seen", name))
		require.NoError(t, err)
		require.Equal(t, text, string(have), name)
	}
}
