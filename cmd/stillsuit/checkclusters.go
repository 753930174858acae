package main

import (
	"context"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies"
)

// checkAll renders the named clusters, or all when none is named, in memory, and
// checks each, unless objects are missing. The findings are sorted.
func checkAll(ctx context.Context, repo *generator.Repo, names []string, options *policies.Options) ([]finding.Finding, error) {
	results, err := eachCluster(ctx, repo, names, func(r *result) {
		if worst, some := finding.Worst(r.findings); r.rendering == nil || some && worst == finding.Error {
			return
		}
		var more []finding.Finding
		more, r.err = policies.Run(r.subject(repo), checkers(), options)
		r.findings = append(r.findings, more...)
	})
	if err != nil {
		return nil, err
	}
	return findingsOf(results), nil
}
