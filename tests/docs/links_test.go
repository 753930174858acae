package docs

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// root is the repository.
const root = "../.."

// TestLinks follows every link of the pages that leads into the repository.
func TestLinks(t *testing.T) {
	repo := os.DirFS(root)
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		names, err := fs.Glob(repo, pattern)
		require.NoError(t, err)
		pages = append(pages, names...)
	}
	require.Greater(t, len(pages), 20)
	broken, err := dead(repo, pages)
	require.NoError(t, err)
	require.Empty(t, broken)
}

// dead lists links that lead nowhere: to no file, or to no heading of a page.
func dead(repo fs.FS, pages []string) ([]string, error) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	var out []string
	for _, name := range pages {
		b, err := fs.ReadFile(repo, name)
		if err != nil {
			return nil, err
		}
		for _, m := range link.FindAllStringSubmatch(text(string(b)), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := fs.Stat(repo, target); err != nil {
				out = append(out, fmt.Sprintf("%s: %s is not there", name, m[1]))
				continue
			}
			if anchor == "" {
				continue
			}
			b, err := fs.ReadFile(repo, target)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(headings(text(string(b))), anchor) {
				out = append(out, fmt.Sprintf("%s: %s is no heading", name, m[1]))
			}
		}
	}
	return out, nil
}

// text is a page without its blocks of code.
func text(page string) string {
	var b strings.Builder
	code := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		} else if !code {
			b.WriteString(line)
		}
	}
	return b.String()
}

// headings are the anchors of a page as GitHub makes them.
func headings(text string) []string {
	var out []string
	drop := regexp.MustCompile(`[^a-z0-9_\- ]`)
	for line := range strings.Lines(text) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			out = append(out, strings.ReplaceAll(drop.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), ""), " ", "-"))
		}
	}
	return out
}

func TestDeadLinksAreNoticed(t *testing.T) {
	broken, err := dead(fstest.MapFS{
		"a.md":      {Data: []byte("[b](docs/b.md#the-2nd-one) [web](https://example.com/x) [dir](docs)\n[gone](gone.md) [no](docs/b.md#no)\n```\n[code](x)\n```\n")},
		"docs/b.md": {Data: []byte("# B\n\n## The 2nd, `one`\n\n```\n# no\n```\n[a](../a.md) [up](#b) [out](b.md)\n[bad](#a)\n")},
	}, []string{"a.md", "docs/b.md"})
	require.NoError(t, err)
	require.Equal(t, []string{"a.md: gone.md is not there", "a.md: docs/b.md#no is no heading", "docs/b.md: #a is no heading"}, broken)
}
