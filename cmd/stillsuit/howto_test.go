package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const howtos = "../../docs/how-to"

// firstHowTo is the page that makes a repository out of nothing. All others
// start with what it leaves behind.
const firstHowTo = "bootstrap"

// TestHowTo does what the pages of docs/how-to say: it writes their files, makes
// their edits, runs their commands, and holds what comes out against the page.
func TestHowTo(t *testing.T) {
	first := t.TempDir()
	try(t, firstHowTo, first)
	names, err := filepath.Glob(howtos + "/*.md")
	require.NoError(t, err)
	require.Greater(t, len(names), 4)
	index, err := os.ReadFile(filepath.Join(howtos, "README.md"))
	require.NoError(t, err)
	for _, file := range names {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		if name == firstHowTo || name == "README" {
			continue
		}
		require.Contains(t, string(index), "("+name+".md)", "the index names each page")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(first)))
			try(t, name, dir)
		})
	}
}

// try does what a page says in a directory.
func try(t *testing.T, name, dir string) {
	t.Helper()
	file := filepath.Join(howtos, name+".md")
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	p, err := parsePage(string(b))
	require.NoError(t, err, file)
	require.NotEmpty(t, p.blocks, file)
	got, err := p.do(dir, t.TempDir())
	require.NoError(t, err, "%s\n%s", file, got)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	require.Equal(t, string(b), got, "%s: `make golden` writes what comes out now; read whether the page still tells the truth", file)
}

// do does what the page says and returns it with what came out.
func (p *page) do(dir, home string) (string, error) {
	lines := slices.Clone(p.lines)
	for i := range p.blocks {
		p.blocks[i].ran = slices.Clone(p.lines[p.blocks[i].start:p.blocks[i].end])
	}
	var err error
	for i := range p.blocks {
		if err = p.blocks[i].do(dir, home); err != nil {
			err = fmt.Errorf("line %d: %w", p.blocks[i].start, err)
			break
		}
	}
	for _, b := range slices.Backward(p.blocks) { // the lines before stay where they are
		lines = slices.Replace(lines, b.start, b.end, b.ran...)
	}
	return strings.Join(lines, "\n"), err
}

// do does what a block says; ran becomes what the page should show.
func (b *block) do(dir, home string) error {
	switch b.language {
	case "console":
		return b.console(dir, home)
	case "diff":
		return edit(filepath.Join(dir, b.file), b.ran)
	case "sh":
		return nil // for a cluster, or a program that is not here
	}
	name := filepath.Join(dir, b.file)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(strings.Join(b.ran, "\n")+"\n"), 0o644)
}

// console runs the commands of a block. Each must succeed, or be followed by
// `echo $?`.
func (b *block) console(dir, home string) error {
	var out []string
	code := 0
	commands := slices.DeleteFunc(slices.Clone(b.ran), func(line string) bool { return !strings.HasPrefix(line, "$ ") })
	if len(commands) == 0 || !strings.HasPrefix(b.ran[0], "$ ") {
		return fmt.Errorf("a console block starts with $ and a command")
	}
	for i, line := range commands {
		out = append(out, line)
		if line == "$ echo $?" {
			out = append(out, fmt.Sprint(code))
			continue
		}
		cmd := exec.Command("bash", "-c", strings.TrimPrefix(line, "$ "))
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+home, "LC_ALL=C", "NO_COLOR=1", "GIT_CONFIG_NOSYSTEM=1",
			"GIT_AUTHOR_NAME=someone", "GIT_AUTHOR_EMAIL=someone@example.com", "GIT_COMMITTER_NAME=someone", "GIT_COMMITTER_EMAIL=someone@example.com")
		text, err := cmd.CombinedOutput()
		if s := strings.TrimRight(string(text), "\n"); s != "" {
			out = append(out, strings.Split(s, "\n")...)
		}
		if code = cmd.ProcessState.ExitCode(); code != 0 && (i+1 == len(commands) || commands[i+1] != "$ echo $?") {
			b.ran = out
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	b.ran = out
	return nil
}

// edit applies a hunk, in which every line starts with a space, + or -, where
// its old lines stand in the file, once.
func edit(name string, hunk []string) error {
	var before, after strings.Builder
	for _, line := range hunk {
		mark, text := " ", ""
		if line != "" {
			mark, text = line[:1], line[1:]+"\n"
		} else {
			text = "\n"
		}
		switch mark {
		case " ":
			before.WriteString(text)
			after.WriteString(text)
		case "-":
			before.WriteString(text)
		case "+":
			after.WriteString(text)
		default:
			return fmt.Errorf("a line of a diff starts with a space, + or -: %q", line)
		}
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if before.Len() == 0 || strings.Count(string(b), before.String()) != 1 {
		return fmt.Errorf("what the diff takes away is not there once:\n%s", b)
	}
	return os.WriteFile(name, []byte(strings.Replace(string(b), before.String(), after.String(), 1)), 0o644)
}
