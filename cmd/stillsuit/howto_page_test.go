package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// page is a page of docs/how-to.
type page struct {
	lines  []string
	blocks []block
}

// block is a block of code of a page: a session (console), an edit (diff),
// commands that are not run (sh), or the content of a file.
type block struct {
	language string
	// file is the one that the line before the block names, for an edit or content.
	file string
	// start and end are the lines between the fences.
	start, end int
	// ran are those lines, as they should be.
	ran []string
}

// languages are those of blocks that are a file's content.
func languages() []string { return []string{"cue", "json", "lua", "toml", "yaml"} }

// elsewhere are the programs of blocks that are not run: they want a cluster, a
// key of one's own, or this repository's clone. Nor are the commands of stillsuit that
// ask registries.
func elsewhere() []string {
	return []string{"age-keygen", "cue", "curl", "flux", "git", "go", "helm", "kubectl", "sops", "ssh", "sudo"}
}

// parsePage finds the blocks of a page.
func parsePage(text string) (*page, error) {
	p := &page{lines: strings.Split(text, "\n")}
	named := regexp.MustCompile("`([^`]+)`:$")
	before := ""
	for i := 0; i < len(p.lines); i++ {
		language, fence := strings.CutPrefix(p.lines[i], "```")
		if !fence {
			if p.lines[i] != "" {
				before = p.lines[i]
			}
			continue
		}
		b := block{language: language, start: i + 1}
		for i++; i < len(p.lines) && p.lines[i] != "```"; i++ {
		}
		if i == len(p.lines) {
			return nil, fmt.Errorf("line %d: this block has no end", b.start)
		}
		b.end = i
		if err := b.check(p.lines, named.FindStringSubmatch(before)); err != nil {
			return nil, fmt.Errorf("line %d: %w", b.start, err)
		}
		p.blocks = append(p.blocks, b)
		before = ""
	}
	return p, nil
}

func (b *block) check(lines, named []string) error {
	switch {
	case b.language == "console":
	case b.language == "sh":
		for _, line := range lines[b.start:b.end] {
			program, _, _ := strings.Cut(line, " ")
			asks := strings.HasPrefix(line, "stillsuit images lock") || strings.HasPrefix(line, "stillsuit images verify")
			if line != "" && line[0] != ' ' && !asks && !slices.Contains(elsewhere(), program) {
				return fmt.Errorf("%s can be run here: write a console block, with $ before each command", program)
			}
		}
	case b.language == "diff" || slices.Contains(languages(), b.language):
		if named == nil || !filepath.IsLocal(named[1]) {
			return fmt.Errorf("the line before a file or an edit ends with the file's name: `clusters/attic/web.cue`:")
		}
		b.file = named[1]
	default:
		return fmt.Errorf("no block is of language %q", b.language)
	}
	return nil
}

func TestHowToNotices(t *testing.T) {
	for text, want := range map[string]string{
		"```console\n$ false\n```":                "line 1: $ false: exit status 1",
		"```console\n$ false\n$ true\n```":        "line 1: $ false: exit status 1",
		"```console\nfalse\n```":                  "a console block starts with $ and a command",
		"```console\n$ true\n":                    "this block has no end",
		"```cue\nx\n```":                          "the line before a file or an edit ends with the file's name",
		"`../x`:\n```cue\nx\n```":                 "the line before a file or an edit ends with the file's name",
		"```sh\nstillsuit render\n```":            "stillsuit can be run here",
		"```\n$ true\n```":                        `no block is of language ""`,
		"In `x`:\n\n```diff\n-two\n```":           "what the diff takes away is not there once",
		"In `x`:\n\n```diff\n-one\n?two\n```":     "a line of a diff starts with a space, + or -",
		"In `missing`:\n\n```diff\n-one\n+a\n```": "no such file",
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x"), []byte("one\n"), 0o644))
		p, err := parsePage(text)
		if err == nil {
			_, err = p.do(dir, t.TempDir())
		}
		require.ErrorContains(t, err, want, text)
	}

	// What came out takes the place of what the page says.
	text := "In `a/x`:\n\n```cue\none\n\ntwo\n```\n\n`a/x`:\n```diff\n one\n \n-two\n+three\n```\n\n```sh\nkubectl get pods\n```\n\n```console\n$ cat a/x\nold\n$ stillsuit rendr 2>/dev/null\n$ echo $?\n0\n```\n"
	p, err := parsePage(text)
	require.NoError(t, err)
	got, err := p.do(t.TempDir(), t.TempDir())
	require.NoError(t, err)
	require.Equal(t, strings.NewReplacer("old", "one\n\nthree", "$?\n0", "$?\n2").Replace(text), got)
}
