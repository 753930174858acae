package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"stillsuit.dev/checks/fit"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/report"
)

// fitPage is what `stillsuit fit` prints.
type fitPage struct {
	reports []*fit.Report // sorted by cluster
	found   checked
	form    outcome.Form
	whatIf  bool // it is not the cluster that is written down
	tree    bool // it is a directory, for which no images are locked
}

// jsonFit is what schemas/fit.schema.json describes.
type jsonFit struct {
	Version  int              `json:"version"`
	Clusters []*fit.Report    `json:"clusters"`
	Findings []report.Finding `json:"findings"`
}

func fitWriter(form string) (func(io.Writer, *fitPage) error, error) {
	switch form {
	case "text":
		return func(out io.Writer, p *fitPage) error {
			return p.write(out, func(out io.Writer) error {
				for _, f := range p.found.findings {
					if _, err := fmt.Fprintln(out, report.Line(f.String())); err != nil {
						return err
					}
				}
				return nil
			})
		}, nil
	case "terminal":
		return func(out io.Writer, p *fitPage) error {
			p.form.ASCII = inASCII(out)
			return p.write(out, func(out io.Writer) error { return p.blocks(out) })
		}, nil
	case "json":
		return func(out io.Writer, p *fitPage) error {
			return report.Encode(out, jsonFit{Version: 2, Clusters: slices.Concat([]*fit.Report{}, p.reports), Findings: report.Findings(p.found.findings)})
		}, nil
	}
	return nil, fmt.Errorf("--output is %q; it is text, terminal or json", form)
}

// write writes the reports, the findings, and what was counted.
func (p *fitPage) write(out io.Writer, findings func(io.Writer) error) error {
	var b strings.Builder
	for _, r := range p.reports {
		if err := r.WriteText(&b, p.form); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(out, report.Lines(b.String())); err != nil {
		return err
	}
	if err := findings(out); err != nil {
		return err
	}
	last := p.notCounted()
	last = append(last, report.Totals(p.found.findings)+"."+p.counted())
	_, err := io.WriteString(out, report.Lines(strings.Join(last, "\n"))+"\n")
	return err
}

// blocks writes the findings as a terminal shows them. Where there is nothing to type that
// lists those of a code, all are listed.
func (p *fitPage) blocks(out io.Writer) error {
	r := &report.Report{Findings: p.found.findings, Codes: codes(), Source: p.found.source, Screen: screenOf(out), All: p.whatIf || p.tree, Lister: "stillsuit check "}
	for _, f := range p.found.findings {
		r.Asked = append(r.Asked, f.Code)
	}
	return report.Blocks(out, r)
}

// notCounted says what no sum has, a line for each cluster.
func (p *fitPage) notCounted() []string {
	var out []string
	for _, r := range p.reports {
		var not []string
		if n := r.Peaks.Unknown; n > 0 && !p.tree {
			not = append(not, "sizes of "+finding.Count(n, "image")+" (`stillsuit images lock --sizes`)")
		}
		unlimited := 0
		for _, n := range r.Nodes {
			unlimited += n.Unlimited
		}
		if unlimited > 0 {
			not = append(not, "limits of "+finding.Count(unlimited, "pod")+" without a memory limit")
		}
		if len(not) == 0 {
			continue
		}
		name := ""
		if len(p.reports) > 1 {
			name = " in " + r.Cluster
		}
		out = append(out, "Not counted"+name+": "+strings.Join(not, ", ")+".")
	}
	return out
}

// counted says how many pods were placed.
func (p *fitPage) counted() string {
	placed, all := 0, 0
	for _, r := range p.reports {
		here, there := r.Placed()
		placed, all = placed+here, all+there
	}
	out := ""
	switch {
	case len(p.reports) == 0:
	case placed < all:
		out = fmt.Sprintf(" %d of %s placed", placed, finding.Count(all, "pod"))
	case all == 1:
		out = " The pod was placed"
	default:
		out = fmt.Sprintf(" All %d pods placed", all)
	}
	if out == "" {
		return ""
	}
	releases := p.found.covered.Releases
	for _, f := range p.found.findings {
		if strings.HasSuffix(string(f.Code), "-footprint") { // without one, none of its pods are counted
			releases--
		}
	}
	if releases > 0 {
		out += "; those of " + finding.Count(releases, "HelmRelease") + " are counted by footprint"
	}
	return out + "."
}
