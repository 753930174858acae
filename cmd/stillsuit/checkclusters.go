package main

import (
	"context"
	"errors"
	"path"
	"slices"
	"syscall"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/valid"
	"stillsuit.dev/policies"
)

// checkAll renders the named clusters, or all when none is named, in memory, and
// checks each, unless objects are missing. With supposed apps they may be. Each is
// compared with the base, if there is one. A cluster that cannot be read is a finding. The
// findings are sorted.
func checkAll(ctx context.Context, repo *generator.Repo, names []string, checkers []*policies.Checker, supposed bool, compare *baseline, options *policies.Options) (checked, error) {
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
		subject := r.subject(repo)
		more, r.err = policies.Run(subject, checkers, options)
		r.findings = append(r.findings, more...)
		if r.err == nil && compare != nil && worst != finding.Error {
			r.findings = append(r.findings, compare.cluster(subject, options)...)
		}
		r.checked = worst != finding.Error && !crash.Any(r.findings)
	})
	for i, r := range results {
		if errno := syscall.Errno(0); errors.As(r.err, &errno) && ctx.Err() == nil { // a file that cannot be read
			results[i].findings = append(r.findings, crash.Failed("of cluster "+r.name, r.err, finding.Place{File: path.Join("clusters", r.name)}))
		} else if r.err != nil {
			return checked{}, r.err
		}
	}
	if results == nil {
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
