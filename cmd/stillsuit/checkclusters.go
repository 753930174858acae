package main

import (
	"context"
	"errors"
	"path"
	"slices"
	"syscall"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/access"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/valid"
	"stillsuit.dev/inventory"
)

// checkAll renders the named clusters, or all when none is named, in memory, and
// checks each, unless objects are missing. With supposed apps they may be. Each is
// compared with the base, if there is one. A cluster that cannot be read is a finding. The
// findings are sorted.
func checkAll(ctx context.Context, repo *generator.Repo, names []string, checkers []*checks.Checker, supposed bool, compare *baseline, options *checks.Options) (checked, error) {
	results, err := eachCluster(ctx, repo, names, func(r *result) {
		defer crash.Report(&r.findings, &r.err, "checking cluster "+r.name, finding.Place{File: path.Join("clusters", r.name)})
		if supposed && r.rendering != nil {
			r.findings, r.judged = lenient(r.findings), lenient(r.judged)
		}
		r.check(repo, checkers, compare, options)
	})
	for i, r := range results {
		if errno := syscall.Errno(0); errors.As(r.err, &errno) && ctx.Err() == nil { // a file that cannot be read
			results[i].findings = append(results[i].findings, crash.Failed("of cluster "+r.name, r.err, finding.Place{File: path.Join("clusters", r.name)}))
		} else if r.err != nil {
			return checked{}, r.err
		}
	}
	if results == nil {
		return checked{}, err
	}
	found := checked{findings: findingsOf(results)}
	for _, r := range results {
		found.short = found.short || !r.checked
		if err := found.covered.Add("cluster "+r.name, r.subject, r.checked); err != nil {
			return checked{}, err
		}
	}
	return found, nil
}

// check checks what was rendered, when no objects are missing, and leaves out what a flag
// or a suppression hides. That never makes a pass of a cluster that was not checked.
func (r *result) check(repo *generator.Repo, checkers []*checks.Checker, compare *baseline, options *checks.Options) {
	opts := *options
	opts.Before = slices.Concat(generator.Codes(), access.Checker().Codes)
	at, judged := finding.Place{File: path.Join("clusters", r.name)}, r.judged
	lost := func(f finding.Finding) bool {
		return !generator.Whole([]finding.Finding{f}) && !slices.ContainsFunc(judged, func(j finding.Finding) bool { return j.Code == f.Code && j.Place == f.Place })
	}
	whole := generator.Whole(r.findings)
	subject := &inventory.Subject{Name: r.name}
	switch {
	case r.rendering != nil && generator.Complete(r.findings):
		subject = r.subject
	case r.cluster != nil:
		subject = inventory.Declared(r.cluster.Desired, &manifest.Set{}, repo.Lock(), repo.Source)
		subject.Name = r.name
	}
	for _, f := range slices.Concat(r.findings, r.judged) {
		subject.Found = append(subject.Found, inventory.Found{Finding: f})
	}
	if compare != nil {
		subject.BaseLock = compare.repo.Lock()
	}
	r.judged = nil
	if r.rendering == nil || !generator.Complete(r.findings) {
		r.findings = checks.Found(subject, at, lost, &opts)
		return
	}
	if r.findings, r.err = checks.Run(subject, checkers, &opts); r.err != nil {
		return
	}
	r.findings = append(r.findings, checks.Incomplete(subject, r.findings, at, lost)...)
	if compare != nil && whole {
		r.findings = append(r.findings, compare.cluster(subject, options)...)
	}
	r.checked = whole && !crash.Any(r.findings)
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
