package report

import (
	"bytes"
	"io"
	"net/url"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"stillsuit.dev/finding"
)

// nowhere is the address of what a finding without a file is about: GitHub refuses a
// whole log for one result without a place.
const nowhere = "no-file"

// SARIF writes a log of SARIF 2.1.0, as code scanning takes it: a rule for each code
// that was found, with its text, and a result for each finding. Files are relative to
// %SRCROOT%, the root of the repository. A fingerprint outlives moved lines and changed
// numbers. Columns count bytes, which differ from characters behind letters that are
// not ASCII.
func SARIF(out io.Writer, r *Report) error {
	run := sarif.NewRun().WithTool(sarif.NewTool().WithDriver(sarif.NewToolComponent().WithName("stillsuit")))
	run.WithColumnKind("utf16CodeUnits")
	seen := counter{}
	for _, f := range r.Findings {
		if run.GetRuleIndex(Line(f.Code)) < 0 {
			describe(run.AddRule(Line(f.Code)), r.code(f.Code))
		}
		about := subjectOf(f)
		run.CreateResultForRule(Line(f.Code)).
			WithLevel(f.Severity.String()). // SARIF has the same three
			WithMessage(sarif.NewTextMessage(plain(f.Message()))).
			WithLocations([]*sarif.Location{location(f)}).
			WithPartialFingerprints(fingerprints(about.fingerprint(seen.next(about))))
	}
	var b bytes.Buffer
	if err := sarif.NewReport().AddRun(run).PrettyWrite(&b); err != nil {
		return err
	}
	_, err := io.WriteString(out, escaped(b.String())+"\n")
	return err
}

// fingerprints are one by our own name, and by the only name that GitHub goes by.
// Without that, what uploads the log takes a hash of the line, by which several findings
// of one code on a line would be one alert.
func fingerprints(one string) map[string]string {
	return map[string]string{"stillsuit/v1": one, "primaryLocationLineHash": one}
}

func describe(rule *sarif.ReportingDescriptor, c finding.Code) {
	if c.Title == "" {
		return
	}
	help := plainText(c.Text)
	if c.Example != "" {
		help += "\n\n" + plainText(c.Example)
	}
	rule.WithShortDescription(sarif.NewMultiformatMessageString().WithText(plain(c.Title))).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(plainText(c.Text))).
		WithHelp(sarif.NewMultiformatMessageString().WithText(help).WithMarkdown(explanation(c))).
		WithProperties(sarif.NewPropertyBag().WithTags([]string{Line(family(c.Code))}))
}

func location(f finding.Finding) *sarif.Location {
	file := nowhere
	switch path := f.Place.File; {
	case strings.HasPrefix(path, "//"): // a host would begin like this
		file = (&url.URL{Path: "/." + path}).String()
	case path != "":
		file = (&url.URL{Path: path}).String()
	}
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(file).WithURIBaseID("%SRCROOT%"))
	if f.Place.Line > 0 {
		region := sarif.NewRegion().WithStartLine(f.Place.Line)
		if f.Place.Column > 0 {
			region.WithStartColumn(f.Place.Column)
		}
		physical.WithRegion(region)
	}
	l := sarif.NewLocationWithPhysicalLocation(physical)
	if f.Path != "" {
		l.AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(Line(f.Path)))
	}
	return l
}

// plain is a text without links: SARIF has them in plain text too, [as](here).
func plain(s string) string { return unlinked(Line(s)) }

func plainText(s string) string { return unlinked(Lines(strings.TrimSpace(s))) }

func unlinked(s string) string { return strings.ReplaceAll(s, "](", "] (") }
