package explain

import (
	"fmt"
	"regexp"
	"strings"

	"stillsuit.dev/generator/evaluate/internal/words"
)

var (
	expectedFound  = regexp.MustCompile(`^expected (.+), found '?([^']*)'?(?: (.*))?$`)
	unquotedName   = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*(?:[-./][A-Za-z0-9_]+)+$`)
	leadingWord    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*`)
	trailingNumber = regexp.MustCompile(`[0-9][0-9.]*$`)
	valueStart     = regexp.MustCompile("^[\"'0-9\\[{]")
	loneLabel      = regexp.MustCompile(`^[A-Za-z_#][A-Za-z0-9_-]*$`)
)

// Facts that other findings of the same file are weighed against.
const (
	unendedText   = "this text has no closing quote"
	closesNothing = " closes nothing"
)

// syntaxWords says in plain words what a parser's message means, given what
// stands on the line before the place and from it on.
func syntaxWords(text string, line [2]string) (fact, contrast, mend string) {
	before := line[0]
	after, _, _ := strings.Cut(line[1], " //")
	after = words.Shorten(after)
	switch m, suffix := unquotedName.FindString(before), leadingWord.FindString(after); {
	case m != "" && strings.HasPrefix(after, ":"):
		return "the name " + m + " has no quotes", "a name with other characters than letters, digits and _ needs them", fmt.Sprintf("write %q", m)
	case strings.HasPrefix(before, "- "):
		return "a list is not written with - as in YAML", "", "write [a, b]"
	case strings.Contains(text, "missing ','") && suffix != "" && trailingNumber.MatchString(before):
		word := trailingNumber.FindString(before) + suffix
		return word + " is neither a number nor a text", "", fmt.Sprintf("write it in quotes: %q", word)
	case strings.Contains(text, "missing ','") && loneLabel.MatchString(lastWord(before)) && valueStart.MatchString(after):
		name := lastWord(before)
		return "a colon is missing after " + name, "", "write " + name + ": " + after
	case strings.Contains(text, "string literal not terminated"):
		return unendedText, "", `end it with ", or use """ for several lines`
	case strings.Contains(text, "missing ',' in list literal"):
		return "a comma is missing before " + orEnd(after), "", "put a comma between the elements of a list"
	case strings.Contains(text, "missing ','"):
		return "a comma or a new line is missing before " + orEnd(after), "", "put a comma between fields on one line"
	case strings.Contains(text, "illegal character U+") && !strings.Contains(text, "U+FEFF") && after != "":
		return "the character " + string([]rune(after)[:1]) + " means nothing here", "", "a text stands in quotes"
	case strings.Contains(text, "illegal character NUL"), strings.Contains(text, "illegal UTF-8"), strings.Contains(text, "illegal byte order mark"):
		return "this file is not plain UTF-8 text", "", "save it as UTF-8"
	}
	m := expectedFound.FindStringSubmatch(text)
	if m == nil {
		return "CUE cannot read this: " + words.Shorten(text), "", ""
	}
	want, found := m[1], m[2]
	switch {
	case want == "selector":
		return "a name is missing after the dot", "", "write one, or remove the dot"
	case found == "EOF":
		return "the file ends here", "a bracket is still open", "close it with " + strings.Trim(want, "'")
	case strings.Contains(want, "label or ':'") && loneLabel.MatchString(lastWord(before)):
		name := lastWord(before)
		return "a colon is missing after " + name, "", "write " + name + ": " + after
	case want == "'EOF'" && strings.HasPrefix(after, "}"):
		return "this }" + closesNothing, "", "remove it"
	case strings.Contains(want, "operand") && after != "" && !strings.ContainsAny(after[:1], "}]),:"):
		word, _, _ := strings.Cut(after, " ")
		return "a value cannot start with " + after[:1], "", fmt.Sprintf("if it is a text, write it in quotes: %q", strings.TrimRight(word, ",}]"))
	case strings.Contains(want, "operand"):
		return "a value is missing before " + orEnd(after), "", "write one after the colon"
	case strings.Contains(want, "label or ':'"), strings.Contains(want, "label"):
		return orEnd(after) + " cannot start a field", "a field is written name: value", "a name with other characters than letters, digits and _ goes in quotes"
	}
	return "CUE did not expect " + orEnd(after) + " here", "it expected " + want, ""
}

func orEnd(after string) string {
	if after == "" {
		return "the end of the line"
	}
	return after
}

func lastWord(s string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t{},", r) })
	if len(fields) == 0 {
		return ""
	}
	return fields[len(fields)-1]
}
