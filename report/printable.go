package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"stillsuit.dev/finding"
)

// Line makes a text safe to print as one line of a terminal or of a CI's log. Line
// breaks and tabs become a space. Characters that are not to be seen (controls, those
// that change the direction of text, those of no width) and bytes that are no UTF-8
// are written as Go writes them: \x1b, \u202e. So is what a log would take for a
// command: two colons at its start, or ##[ and the like anywhere. What finding.Mask
// hides is hidden in every form.
func Line(s string) string {
	s = finding.Mask(s)
	return inert(visible(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(s)))
}

// Lines is Line for each line of a text, but keeps tabs.
func Lines(s string) string {
	lines := strings.Split(finding.Mask(s), "\n")
	for i, line := range lines {
		parts := strings.Split(line, "\t")
		for j := range parts {
			parts[j] = visible(parts[j])
		}
		lines[i] = inert(strings.Join(parts, "\t"))
	}
	return strings.Join(lines, "\n")
}

// visible writes what cannot be seen as Go does.
func visible(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1, hidden(r) && r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r) && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// hidden reports whether a character leaves no mark of its own: controls, formatting,
// line separators, and what Unicode has not given a meaning.
func hidden(r rune) bool { return !unicode.IsGraphic(r) }

// inert breaks what runners take for commands when it is on a line of a log. GitHub's
// looks for :: at the start, after white space, and for ##[ anywhere
// (actions/runner, ActionCommand.cs); Azure's and TeamCity's for ##vso[, ##teamcity[.
func inert(line string) string {
	line = commands.ReplaceAllString(line, `#\x23$1[`)
	if rest := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(rest, "::") {
		line = line[:len(line)-len(rest)] + `\x3a` + rest[1:]
	}
	return line
}

var commands = regexp.MustCompile(`##(\w*)\[`)
