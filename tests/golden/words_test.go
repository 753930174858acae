package golden

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// TestTreeWithoutWords compares the trees of the reference clusters without what people
// read in them, so that a change of sentences cannot change anything else. A change that is
// meant to is recorded with -update, in a commit of its own.
func TestTreeWithoutWords(t *testing.T) {
	const file = "tree.sum"
	sum := sumWithoutWords(t, os.DirFS("../../flux-system"))
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(sum+"\n"), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(string(want)), sum, "more than messages and descriptions changed; if it should, run go test ./tests/golden -run TestTreeWithoutWords -update")

	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../flux-system/arrakeen/namespaces")))
	before := sumWithoutWords(t, os.DirFS(dir))
	for from, same := range map[string]bool{"message: ": true, "failurePolicy: Fail": false} {
		name := dir + "/app/validatingadmissionpolicy.yaml"
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Contains(t, string(b), from)
		require.NoError(t, os.WriteFile(name, bytes.Replace(b, []byte(from), []byte(from+"other "), 1), 0o600))
		require.Equal(t, same, before == sumWithoutWords(t, os.DirFS(dir)), from)
		require.NoError(t, os.WriteFile(name, b, 0o600))
	}
}

func sumWithoutWords(t *testing.T, tree fs.FS) string {
	t.Helper()
	sum := sha256.New()
	require.NoError(t, fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(sum, name) // a hash takes all
		for docs := yaml.NewDecoder(bytes.NewReader(b)); ; {
			var doc any
			if err := docs.Decode(&doc); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			wordless(doc)
			if err := json.NewEncoder(sum).Encode(doc); err != nil {
				return err
			}
		}
	}))
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// wordless takes messages and descriptions out of a document.
func wordless(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			switch key[strings.LastIndex(key, "/")+1:] {
			case "message", "messageExpression", "description", "title", "mend":
				if _, text := below.(string); text {
					delete(v, key)
					continue
				}
			}
			wordless(below)
		}
	case []any:
		for _, item := range v {
			wordless(item)
		}
	}
}
