package git

import (
	"fmt"
	"regexp"
	"strings"
)

// glob2regexp turns a pattern of git's wildmatch.c, with slashes that no * or ?
// matches, into a regular expression about bytewise text, or nil when it matches
// nothing. It takes linear time, whatever the pattern.
func glob2regexp(glob string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i := 0; i < len(glob); {
		switch rest := glob[i:]; {
		case strings.HasPrefix(rest, "**") && (glob[max(i, 1)-1] == '/' || !strings.ContainsAny(glob[:i], `*?[\`)):
			// After a start without wildcards git forgets what came before the **.
			stars := len(rest) - len(strings.TrimLeft(rest, "*"))
			switch after := rest[stars:]; {
			case strings.HasPrefix(after, "/"):
				b.WriteString("(?:.*/)?")
				i += stars + 1
			case after == "":
				b.WriteString(".*")
				i += stars
			default:
				b.WriteString("[^/]*")
				i += stars
			}
		case rest[0] == '*':
			b.WriteString("[^/]*")
			i++
		case rest[0] == '?':
			b.WriteString("[^/]")
			i++
		case rest[0] == '[':
			class, n := classOf(rest)
			if n == 0 {
				return nil
			}
			b.WriteString(class)
			i += n
		case rest[0] == '\\':
			if len(rest) < 2 {
				return nil
			}
			b.WriteString(regexp.QuoteMeta(bytewise(rest[1:2])))
			i += 2
		default:
			b.WriteString(regexp.QuoteMeta(bytewise(rest[:1])))
			i++
		}
	}
	re, err := regexp.Compile(b.String() + `\z`)
	if err != nil {
		return nil
	}
	return re
}

// bytewise makes a rune of each byte: git compares bytes.
func bytewise(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			runes := make([]rune, len(s))
			for i := range len(s) {
				runes[i] = rune(s[i])
			}
			return string(runes)
		}
	}
	return s
}

// classOf reads a bracket expression and returns it as one of regexp, and its
// length in the pattern; 0 when it does not end or names no class that there is.
func classOf(s string) (string, int) {
	var set [256]bool
	i, negated := 1, false
	if i < len(s) && (s[i] == '!' || s[i] == '^') {
		negated, i = true, i+1
	}
	prev := -1 // the first byte of what may become a range
	for first := true; ; first = false {
		if i >= len(s) {
			return "", 0
		}
		c := int(s[i])
		switch {
		case c == ']' && !first:
			return classText(set, negated), i + 1
		case c == '-' && prev >= 0 && i+1 < len(s) && s[i+1] != ']':
			i++
			if s[i] == '\\' {
				if i++; i >= len(s) {
					return "", 0
				}
			}
			for b := prev; b <= int(s[i]); b++ {
				set[b] = true
			}
			prev = -1
		case c == '[' && i+1 < len(s) && s[i+1] == ':':
			end := strings.IndexByte(s[i+2:], ']')
			if end < 0 {
				return "", 0
			}
			name, closed := strings.CutSuffix(s[i+2:i+2+end], ":")
			if !closed || end == 0 { // no class after all, but a bracket
				set['['], prev = true, '['
				break
			}
			class, err := regexp.Compile(`\A[[:` + name + `:]]\z`)
			if err != nil || name == "" || name[0] == '^' || name == "word" || name == "ascii" { // regexp knows more than git
				return "", 0
			}
			for b := range 0x80 {
				set[b] = set[b] || class.MatchString(string(rune(b)))
			}
			i, prev = i+2+end, -1
		default:
			if c == '\\' {
				if i++; i >= len(s) {
					return "", 0
				}
				c = int(s[i])
			}
			set[c], prev = true, c
		}
		i++
	}
}

// classText writes a set of bytes for regexp. No class matches a slash.
func classText(set [256]bool, negated bool) string {
	var b strings.Builder
	for c := range 256 {
		if set[c] != negated && c != '/' {
			fmt.Fprintf(&b, `\x{%02x}`, c)
		}
	}
	if b.Len() == 0 {
		return `[^\x00-\x{10FFFF}]`
	}
	return "[" + b.String() + "]"
}
