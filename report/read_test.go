package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"

	"stillsuit.dev/finding"
	"stillsuit.dev/report"
)

// seen is what a reader of a form gets of one finding. What the form does not tell is
// empty.
type seen struct{ severity, code, file, place, message string }

// reader takes a form apart, by its grammar and no more kindly than that.
type reader func(text string) ([]seen, error)

// readers are those of all forms.
func readers(t testing.TB) map[string]reader {
	t.Helper()
	findings, log := schema(t, "../schemas/findings.schema.json"), schema(t, "testdata/sarif-schema-2.1.0.json")
	return map[string]reader{
		"text": readText, "terminal": readTerminal, "junit": readJUnit, "github": readGitHub, "markdown": readMarkdown,
		"json":  func(text string) ([]seen, error) { return readJSON(findings, text) },
		"sarif": func(text string) ([]seen, error) { return readSARIF(log, text) },
	}
}

// expected is what readers of a form should get of a finding.
func expected(form string, f finding.Finding) seen {
	line := report.Line
	s := seen{f.Severity.String(), line(string(f.Code)), line(f.Place.File), strings.TrimPrefix(finding.Place{Line: f.Place.Line, Column: f.Place.Column}.String(), ":"), line(f.Message())}
	switch form {
	case "text": // all of it on one line
		return seen{message: line(f.String())}
	case "terminal":
		return seen{message: asBlock(f)}
	case "json": // all of it as it is, but for what is no text
		s.code, s.file, s.message = each(string(f.Code)), each(f.Place.File), each(f.Message())
	case "sarif": // a file that no editor could open is still the same file
		s.file = f.Place.File
		s.message = strings.ReplaceAll(s.message, "](", "] (")
		if s.file == "" {
			s.file = "no-file"
		}
	case "junit":
		s.file, s.place = "", ""
	case "github":
		s.code, s.file = strings.TrimRight(s.code, " "), blank(s.file)
	case "markdown":
		cell := func(s string) string { return line(strings.ReplaceAll(s, `\|`, `\\x7c`)) }
		s.code, s.message = blank(cell(string(f.Code))), cell(f.Message())
		s.file = blank(s.file)
	}
	return s
}

// blank makes nothing of what is only spaces.
func blank(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

// each replaces each byte that is no UTF-8, as encoding/json does.
func each(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}

// quiet reports what no log and no terminal may get: characters that cannot be seen,
// and what a runner would take for a command.
func quiet(form, text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("bytes that are no UTF-8")
	}
	if (form == "json" || form == "sarif") && (strings.Contains(text, "</") || strings.Contains(text, "<!--")) {
		return fmt.Errorf("in a script of a page, it would not be text")
	}
	for i, line := range strings.Split(text, "\n") {
		for _, r := range line {
			if !unicode.IsGraphic(r) && (r != '\t' || form != "markdown") { // examples of ours are indented
				return fmt.Errorf("line %d holds %U", i+1, r)
			}
		}
		if form != "github" && strings.HasPrefix(strings.TrimSpace(line), "::") || regexp.MustCompile(`##\w*\[`).MatchString(line) {
			return fmt.Errorf("line %d holds a command: %s", i+1, line)
		}
	}
	return nil
}

func readText(text string) ([]seen, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	var out []seen
	for _, line := range lines[:len(lines)-1] {
		out = append(out, seen{message: line})
	}
	if last := lines[len(lines)-1]; !regexp.MustCompile(`^\d+ errors?, \d+ warnings?, \d+ notes?$`).MatchString(last) {
		return nil, fmt.Errorf("the last line is %q", last)
	}
	return out, nil
}

// schema reads a JSON schema.
func schema(t testing.TB, file string) *gojsonschema.Schema {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	s, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(b))
	require.NoError(t, err)
	return s
}

func valid(s *gojsonschema.Schema, text string) error {
	result, err := s.Validate(gojsonschema.NewStringLoader(text))
	if err != nil {
		return err
	}
	if !result.Valid() {
		return fmt.Errorf("%v", result.Errors())
	}
	return nil
}

func readJSON(s *gojsonschema.Schema, text string) ([]seen, error) {
	var whole struct{ Findings []report.Finding }
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		return nil, err
	}
	var out []seen
	sound := true
	for _, f := range whole.Findings {
		place := finding.Place{Line: f.Line, Column: f.Column}
		out = append(out, seen{f.Severity, f.Code, f.File, strings.TrimPrefix(place.String(), ":"), f.Message})
		sound = sound && regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+$`).MatchString(f.Code)
	}
	if !sound { // such a code is against the schema, and made up here
		return out, nil
	}
	return out, valid(s, text)
}

// readTerminal takes blocks apart; the last line has the numbers.
func readTerminal(text string) ([]seen, error) {
	var out []seen
	blocks := strings.Split(strings.TrimSuffix(text, "\n"), "\n\n")
	for _, block := range blocks[:len(blocks)-1] {
		out = append(out, seen{message: block})
	}
	_, err := readText(blocks[len(blocks)-1] + "\n")
	return out, err
}

// asBlock is a finding as the terminal form has it, when no file is at hand.
func asBlock(f finding.Finding) string {
	line := report.Line
	lines := []string{fmt.Sprintf("%s[%s]: %s", f.Severity, line(string(f.Code)), line(f.Problem))}
	if !f.Place.IsZero() {
		lines = append(lines, "  --> "+line(f.Place.String()))
	}
	for _, part := range [][2]string{{"note: ", f.Detail}, {"fix:  ", f.Fix}} {
		if part[1] != "" {
			lines = append(lines, "   = "+part[0]+line(part[1]))
		}
	}
	for _, r := range f.Related {
		what := r.What
		if !r.Place.IsZero() {
			what = r.Place.String() + ": " + what
		}
		lines = append(lines, "   = see:  "+line(what))
	}
	return strings.Join(lines, "\n")
}
