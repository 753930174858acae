package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// TestPictures compares docs/img with what the command prints on a terminal now; -update
// draws it again.
func TestPictures(t *testing.T) {
	t.Setenv("CLICOLOR_FORCE", "1")
	t.Setenv("NO_COLOR", "")
	t.Setenv("COLUMNS", "100")
	for name, p := range map[string]struct {
		dir  func(t *testing.T) string
		args string
	}{
		"check": {func(t *testing.T) string { return unpacked(t, "testdata/pictures/check.txtar") }, "check kubernetes --nodes nodes.yaml"},
		"fit":   {func(*testing.T) string { return "../.." }, "fit turingpi"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			run(append([]string{"-C", p.dir(t)}, append(strings.Split(p.args, " "), "-o", "terminal")...), nil, &out, &out)
			file := filepath.Join("../../docs/img", name+".svg")
			drawn := picture("$ stillsuit " + p.args + "\n\n" + out.String())
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(drawn), 0o644))
				return
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), drawn)
		})
	}
}

// unpacked writes the files of an archive.
func unpacked(t *testing.T, file string) string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	files, err := txtar.FS(archive)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, files))
	return dir
}

// fills are the colours of a picture by the escape sequences of golang.org/x/term.
var fills = map[string]string{
	"\x1b[31m": "#ff7b72", "\x1b[32m": "#7ee787", "\x1b[33m": "#e3b341", "\x1b[34m": "#79c0ff", "\x1b[36m": "#76e3ea", "\x1b[0m": "",
}

var escape = regexp.MustCompile("\x1b\\[[0-9]+m")

// picture draws what a terminal shows, as SVG.
func picture(screen string) string {
	const wide, high, margin = 8.43, 20, 16 // of a character of 14 px, and around all of them
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	columns := 0
	for _, line := range lines {
		columns = max(columns, utf8.RuneCountInString(escape.ReplaceAllString(line, "")))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3">`+"\n", float64(columns)*wide+2*margin, len(lines)*high+2*margin)
	b.WriteString(`<rect width="100%" height="100%" rx="8" fill="#0d1117"/>` + "\n")
	for i, line := range lines {
		if line == "" {
			continue
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" xml:space="preserve">`, margin, margin+15+i*high)
		fill, from := "", 0
		part := func(text string) {
			var safe bytes.Buffer
			_ = xml.EscapeText(&safe, []byte(text)) // a bytes.Buffer takes all
			switch {
			case text == "":
			case fill == "":
				b.Write(safe.Bytes())
			default:
				fmt.Fprintf(&b, `<tspan fill="%s">%s</tspan>`, fill, &safe)
			}
		}
		for _, at := range escape.FindAllStringIndex(line, -1) {
			part(line[from:at[0]])
			fill, from = fills[line[at[0]:at[1]]], at[1]
		}
		part(line[from:])
		b.WriteString("</text>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}
