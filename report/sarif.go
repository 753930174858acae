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
		if run.GetRuleIndex(Line(string(f.Code))) < 0 {
			describe(run.AddRule(Line(string(f.Code))), r.code(f.Code))
		}
		about := subjectOf(f)
		result := run.CreateResultForRule(Line(string(f.Code))).
			WithLevel(f.Severity.String()). // SARIF has the same three
			WithMessage(sarif.NewTextMessage(plain(f.Message()))).
			WithLocations([]*sarif.Location{location(f)}).
			WithPartialFingerprints(fingerprints(about.fingerprint(seen.next(about))))
		for i, r := range f.Related {
			result.AddRelatedLocation(sarif.NewLocation().WithID(i).WithPhysicalLocation(physical(r.Place)).WithMessage(sarif.NewTextMessage(plain(r.What))))
		}
		if fix := fixOf(f); fix != nil {
			result.AddFixe(fix)
		}
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

func describe(rule *sarif.ReportingDescriptor, c finding.CodeDoc) {
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
		WithProperties(sarif.NewPropertyBag().WithTags([]string{Line(c.Code.Family())}))
}

func location(f finding.Finding) *sarif.Location {
	l := sarif.NewLocationWithPhysicalLocation(physical(f.Place))
	if f.Path != "" {
		l.AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(Line(f.Path)))
	}
	return l
}

// physical is a place: a file, and as much of the position as is known.
func physical(p finding.Place) *sarif.PhysicalLocation {
	out := sarif.NewPhysicalLocation().WithArtifactLocation(artifact(p.File))
	if p.Line > 0 {
		region := sarif.NewRegion().WithStartLine(p.Line)
		if p.Column > 0 {
			region.WithStartColumn(p.Column)
		}
		out.WithRegion(region)
	}
	return out
}

func artifact(path string) *sarif.ArtifactLocation {
	file := nowhere
	switch {
	case strings.HasPrefix(path, "//"): // a host would begin like this
		file = (&url.URL{Path: "/." + path}).String()
	case path != "":
		file = (&url.URL{Path: path}).String()
	}
	return sarif.NewSimpleArtifactLocation(file).WithURIBaseID("%SRCROOT%")
}

// fixOf is the finding's edits as one fix, with a change for each file; nil without any.
func fixOf(f finding.Finding) *sarif.Fix {
	var fix *sarif.Fix
	changes := map[string]*sarif.ArtifactChange{}
	for _, e := range edits(f) {
		if fix == nil {
			fix = sarif.NewFix().WithDescription(sarif.NewTextMessage(plain(f.Fix)))
		}
		change := changes[e.From.File]
		if change == nil {
			change = sarif.NewArtifactChange().WithArtifactLocation(artifact(e.From.File))
			changes[e.From.File] = change
			fix.AddArtifactChange(change)
		}
		region := sarif.NewRegion().WithStartLine(e.From.Line).WithStartColumn(e.From.Column).WithEndLine(e.To.Line).WithEndColumn(e.To.Column)
		change.AddReplacement(sarif.NewReplacement().WithDeletedRegion(region).WithInsertedContent(sarif.NewArtifactContent().WithText(e.NewText)))
	}
	return fix
}

// plain is a text without links: SARIF has them in plain text too, [as](here).
func plain(s string) string { return unlinked(Line(s)) }

func plainText(s string) string { return unlinked(Lines(strings.TrimSpace(s))) }

func unlinked(s string) string { return strings.ReplaceAll(s, "](", "] (") }
