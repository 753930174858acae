package report

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"stillsuit.dev/finding"
)

// snippet writes the line that a finding is on, and marks what the finding is about: the word
// at its place, or the value of a field whose name is there. Of the
// line it shows the names of fields, and the values that the finding names anyway: another
// value may be a secret, whatever file it is in, and an ellipsis stands in its place. So a
// line shows nothing that the message has hidden.
func (s *screen) snippet(f finding.Finding) {
	line, known := s.report.line(f.Place)
	if !known {
		return
	}
	parts := split(line)
	said := strings.Join(append([]string{f.Problem, f.Detail, f.Fix, f.Path, string(f.Code)}, related(f)...), "\n")
	text, from, to := "", 0, 0
	field := false // what is marked is a field's name, and its value comes next
	for _, p := range parts {
		shown := p.shown(said)
		here := p.at < f.Place.Column && f.Place.Column <= p.at+len(p.text) && p.kind != space
		if here || field && p.kind == value && !strings.Contains(shown, elided) {
			from, to = columns(text), columns(text)+columns(strings.TrimSuffix(shown, ":"))
		}
		field = here && p.kind == name || field && p.kind == space
		if shown == elided && strings.HasSuffix(text, elided+" ") {
			continue // one for several words
		}
		text += shown
	}
	text = strings.TrimRight(text, " ")
	if strings.Trim(text, " "+elided) == "" || commands.MatchString(text) {
		return // nothing that may be shown, or what a log would take for a command
	}
	number := fmt.Sprint(f.Place.Line)
	bar := s.colored(s.codes.Blue, "|")
	text, from, to = window(text, from, to, s.report.Screen.Width-len(number)-3, s.report.Screen.Width > 0)
	empty := strings.Repeat(" ", len(number)+1) + bar
	fmt.Fprintf(s.Builder, "%s\n%s %s %s\n", empty, s.colored(s.codes.Blue, number), bar, text)
	if to > from {
		fmt.Fprintf(s.Builder, "%s %s%s\n", empty, strings.Repeat(" ", from), s.colored(s.severity(f.Severity), strings.Repeat("^", to-from)))
	}
}

func related(f finding.Finding) []string {
	var out []string
	for _, r := range f.Related {
		out = append(out, r.What)
	}
	return out
}

// largest is the size of a file above which no line of it is shown.
const largest = 4 << 20

// line is the text of a line of a file, and false when it is not known.
func (r *Report) line(at finding.Place) (string, bool) {
	if r.Source == nil || at.Line <= 0 || at.Column <= 0 {
		return "", false
	}
	rest := r.Source(at.File)
	if len(rest) > largest {
		return "", false
	}
	for range at.Line - 1 {
		_, after, more := bytes.Cut(rest, []byte("\n"))
		if !more {
			return "", false
		}
		rest = after
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return strings.TrimSuffix(string(line), "\r"), at.Column <= len(line)
}

// elided stands for a value that is not shown.
const elided = "…"

// A part of a line: white space, the name of a field, a value, or signs.
type kind int

const (
	space kind = iota
	name
	value
	sign
)

type part struct {
	at   int // in bytes
	text string
	kind kind
}

var (
	// named is the name of a field with what ends it, in CUE or in YAML, at the start of a
	// line or behind what may stand before a field.
	named  = regexp.MustCompile(`^(?:"[A-Za-z0-9_./-]{1,80}"|[A-Za-z_#$][A-Za-z0-9_./#$-]{0,80})[?!]?:(?:[ \t{\["]|$)`)
	quoted = regexp.MustCompile("^(?:\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|`[^`]*`)")
)

const signs = "{}[](),&|=<>*-+"

// split takes a line apart. A comment and all behind it is left out.
func split(line string) []part {
	var out []part
	field := true // one may begin here
	for i := 0; i < len(line); {
		rest := line[i:]
		r, _ := utf8.DecodeRuneInString(rest)
		take := func(n int, k kind) {
			out = append(out, part{i, rest[:n], k})
			i += n
		}
		switch {
		case unicode.IsSpace(r):
			n := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsSpace(r) })
			if n < 0 {
				n = len(rest)
			}
			take(n, space)
		case strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "# "):
			return out
		case field && named.MatchString(rest):
			take(strings.IndexByte(rest, ':')+1, name)
		case strings.ContainsRune(signs, r):
			take(1, sign)
			field = field && r == '-' || r == '{' || r == ',' || r == '['
		default:
			n := len(quoted.FindString(rest))
			if n == 0 {
				if n = strings.IndexFunc(rest[1:], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("{}[](),", r) }) + 1; n <= 0 {
					n = len(rest)
				}
			}
			take(n, value)
			field = false
		}
	}
	return out
}

// shown is a part as it may be shown beside what a finding says.
func (p part) shown(said string) string {
	switch p.kind {
	case space:
		return strings.ReplaceAll(visible(strings.ReplaceAll(p.text, "\t", "    ")), "\r", " ")
	case value:
		bare := strings.Trim(p.text, "\"'`")
		if !slices.Contains([]string{"", "true", "false", "null"}, bare) && !holds(said, bare) {
			if quoted.FindString(p.text) == p.text {
				return p.text[:1] + elided + p.text[len(p.text)-1:]
			}
			return elided
		}
	}
	return visible(finding.Mask(p.text))
}

// holds reports whether a text has a word, and not as a part of another.
func holds(text, word string) bool {
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		if !inWord(before) && !inWord(after) {
			return true
		}
		from = i + 1
	}
}

// window is what of a line fits, around what is marked in it.
func window(text string, from, to, most int, cuts bool) (string, int, int) {
	if !cuts || columns(text) <= most {
		return text, from, to
	}
	most = max(most, 20)
	start := 0
	if to > most {
		start = max(0, from-most/3)
	}
	var b strings.Builder
	n, skipped := 0, 0
	for _, r := range text {
		w := wide(r)
		switch {
		case n < start:
			skipped += w
		case n-skipped+w < most-1:
			b.WriteRune(r)
		default:
			if !strings.HasSuffix(b.String(), elided) {
				b.WriteString(elided)
			}
			return clipped(b.String(), from-skipped, to-skipped, skipped > 0, most)
		}
		n += w
	}
	return clipped(b.String(), from-skipped, to-skipped, skipped > 0, most)
}

// clipped marks the beginning that was cut off.
func clipped(text string, from, to int, left bool, most int) (string, int, int) {
	if left {
		text, from, to = elided+text, from+1, to+1
	}
	return text, min(from, most), min(to, most, columns(text))
}
