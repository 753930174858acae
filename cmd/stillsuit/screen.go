package main

import (
	"cmp"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"stillsuit.dev/finding"
	"stillsuit.dev/report"
)

// formFor is the form that is asked for. When none is, it is the terminal form on a terminal
// and text elsewhere.
func formFor(asked string, out io.Writer) string {
	switch {
	case asked != "":
		return asked
	case isTerminal(out):
		return "terminal"
	}
	return "text"
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// usualWidth is that of a screen which does not say its own.
const usualWidth = 80

// screenOf is the terminal that out is: as wide as it says, or COLUMNS, and without colour
// when NO_COLOR is set (https://no-color.org) or TERM is dumb. What is no terminal gets
// colour when CLICOLOR_FORCE asks for it (https://bixense.com/clicolors).
func screenOf(out io.Writer) report.Screen {
	s := report.Screen{Width: usualWidth}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		s.Width = n
	}
	force := os.Getenv("CLICOLOR_FORCE")
	s.Color = force != "" && force != "0"
	if isTerminal(out) {
		if width, _, err := term.GetSize(int(out.(*os.File).Fd())); err == nil && width > 0 {
			s.Width = width
		}
		s.Color = s.Color || os.Getenv("TERM") != "dumb"
	}
	s.Color = s.Color && os.Getenv("NO_COLOR") == ""
	return s
}

// sourcesOf reads the files that findings are in, now: what they are read through may be
// closed when they are written.
func sourcesOf(findings []finding.Finding, read func(string) []byte) func(string) []byte {
	contents := map[string][]byte{}
	for _, f := range findings {
		if _, known := contents[f.Place.File]; !known && read != nil && f.Place.Line > 0 {
			contents[f.Place.File] = read(f.Place.File)
		}
	}
	return func(file string) []byte { return contents[file] }
}

// inASCII reports whether a terminal shows no more than ASCII: a dumb one, or one whose
// locale names another encoding than UTF-8 (POSIX, 8.2: LC_ALL is first, then LC_CTYPE,
// then LANG). What is no terminal is read as UTF-8.
func inASCII(out io.Writer) bool {
	if !isTerminal(out) {
		return false
	}
	return asciiBy(os.Getenv)
}

func asciiBy(env func(string) string) bool {
	if env("TERM") == "dumb" {
		return true
	}
	locale := strings.ToLower(cmp.Or(env("LC_ALL"), env("LC_CTYPE"), env("LANG")))
	return locale != "" && !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
}
