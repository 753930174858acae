package main

import (
	"context"
	"path"
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/valid"
)

// checkAll renders the named clusters, or all when none is named, in memory, and
// checks each, unless objects are missing. With supposed apps they may be. Each is
// compared with the base, if there is one. The findings are sorted.
func checkAll(ctx context.Context, repo *generator.Repo, names []string, checkers []*checks.Checker, supposed bool, compare *baseline, options *checks.Options) (checked, error) {
	results, err := eachCluster(ctx, repo, names, func(r *result) {
		defer crash.Report(&r.findings, &r.err, "checking cluster "+r.name, finding.Place{File: path.Join("clusters", r.name)})
		if supposed && r.rendering != nil {
			r.findings = lenient(r.findings)
		}
		if r.rendering == nil || !generator.Complete(r.findings) {
			return
		}
		worst, _ := finding.Worst(r.findings)
		var more []finding.Finding
		subject := r.subject
		more, r.err = checks.Run(subject, checkers, options)
		r.findings = append(r.findings, more...)
		if r.err == nil && compare != nil && worst != finding.Error {
			more, r.err = compare.cluster(subject, options)
			r.findings = append(r.findings, more...)
		}
		r.checked = worst != finding.Error && !crash.Any(r.findings)
	})
	if err != nil {
		return checked{}, err
	}
	short := slices.ContainsFunc(results, func(r result) bool { return !r.checked })
	return checked{findingsOf(results), short}, nil
}

// lenient makes notes of what is wrong with a rendering that has apps which are only
// supposed: it is what their owner would have to write.
func lenient(findings []finding.Finding) []finding.Finding {
	for i := range findings {
		f := findings[i]
		if f.Severity == finding.Error && f.Code != valid.CodeAmount && !crash.Is(f.Code) { // which are not of the entry
			findings[i].Severity = finding.Note
		}
	}
	return findings
}
