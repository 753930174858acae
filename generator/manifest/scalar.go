package manifest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compareKeys sorts keys, with those first that say what an object is.
func compareKeys(a, b string) int {
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra - rb
	}
	return strings.Compare(a, b)
}

func rank(key string) int {
	switch key {
	case "apiVersion":
		return 0
	case "kind":
		return 1
	case "metadata":
		return 2
	}
	return 3
}

// quoteScalar writes a string plain when every YAML 1.1 and 1.2 reader takes it
// for that string, else double-quoted, with what cannot be printed escaped.
func quoteScalar(s string) string {
	if plain(s) {
		return s
	}
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	for _, r := range s { // an invalid byte becomes U+FFFD, as in JSON
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		case unicode.IsPrint(r):
			b = utf8.AppendRune(b, r)
		case r > 0xffff:
			b = fmt.Appendf(b, `\U%08x`, r)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return string(append(b, '"'))
}

// plain is narrow on purpose: a letter, slash or underscore first (or ./, or a
// digit where no number can follow), then what never ends or splits a plain
// scalar, and no word that some reader knows.
func plain(s string) bool {
	if s == "" || len(s) > 120 && strings.Contains(s, " ") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '/'
		switch {
		case letter:
		case i == 0:
			if !strings.HasPrefix(s, "./") && !amount(s) {
				return false
			}
		case c >= '0' && c <= '9', strings.IndexByte("-.+=@,()$%*~^;<>", c) >= 0:
		case c == ' ' || c == ':':
			next := byte(0)
			if i+1 < len(s) {
				next = s[i+1]
			}
			if next == 0 || next == ' ' || next == '#' {
				return false
			}
		default:
			return false
		}
	}
	if len(s) > len("false") {
		return true
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return false
	}
	return true
}

// amount reports whether a string that starts with a digit cannot be a number or
// a date: 64Mi, 10m, 1h30m, 192.168.1.0/24.
func amount(s string) bool {
	return s[0] >= '0' && s[0] <= '9' && !strings.Contains(s, ":") && strings.ContainsAny(s, "/ghijklmnpqrstuvwyzGHIJKLMNPQRSTUVWYZ")
}

// literal reports whether a string is best read as a block of lines, and can be:
// a block keeps neither control characters nor a first line that starts with a space.
func literal(s string) bool {
	if strings.IndexByte(s, '\n') < 0 {
		return false
	}
	body := strings.TrimRight(s, "\n")
	if body == "" || strings.HasPrefix(s, "\n") || !utf8.ValidString(s) {
		return false
	}
	if s[0] == ' ' || s[0] == '\t' {
		return false
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) || r == '\uFEFF' {
			return false
		}
	}
	return true
}
