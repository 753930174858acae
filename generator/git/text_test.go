package git

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What Text returns is what git stores with core.autocrlf: 500 contents of text,
// control characters and line ends.
func TestTextAsGitDoes(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "", "init", "-q")
	r := rand.New(rand.NewPCG(21, 1))
	parts := []string{"a", "line", "\r\n", "\r\n", "\n", "\t", "\xff", "é", "\b", "\x1b", "\f", strings.Repeat("long ", 30)}
	rare := []string{"\r", "\x00", "\x01", "\x7f", "\x1a"}
	var names []string
	var want []string
	changed, kept := 0, 0
	for i := range 500 {
		var b bytes.Buffer
		for range r.IntN(40) {
			if r.IntN(60) == 0 {
				b.WriteString(rare[r.IntN(len(rare))])
			} else {
				b.WriteString(parts[r.IntN(len(parts))])
			}
		}
		if r.IntN(10) == 0 {
			b.WriteByte(0x1a)
		}
		name := fmt.Sprintf("f%d", i)
		put(t, dir, name, b.String())
		names = append(names, name)
		text := Text(b.Bytes())
		want = append(want, fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(text), text))))
		switch {
		case !bytes.Equal(text, b.Bytes()):
			changed++
		case bytes.Contains(text, []byte("\r\n")):
			kept++
		}
	}
	got := git(t, dir, strings.Join(names, "\n")+"\n", "-c", "core.autocrlf=input", "hash-object", "--stdin-paths")
	require.Equal(t, want, strings.Fields(got))
	require.Greater(t, min(changed, kept), 50)
}
