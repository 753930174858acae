package main

import (
	"context"
	"sync"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies"
)

// checkAll renders the named clusters, or all when none is named, side by side in
// memory, and checks each. The findings are sorted.
func checkAll(ctx context.Context, repo *generator.Repo, names []string, options *policies.Options) ([]finding.Finding, error) {
	names, err := named(repo, names)
	if err != nil {
		return nil, err
	}
	results := make([]result, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { results[i] = checkOne(ctx, repo, name, options) })
	}
	wg.Wait()
	var findings []finding.Finding
	for _, r := range results {
		if r.err != nil {
			return nil, r.err
		}
		findings = append(findings, r.findings...)
	}
	return finding.Sort(findings), nil
}

// checkOne checks a cluster, unless objects are missing.
func checkOne(ctx context.Context, repo *generator.Repo, name string, options *policies.Options) result {
	cluster, findings, err := generator.Load(ctx, repo, name)
	if err != nil || cluster == nil {
		return result{findings: findings, err: err}
	}
	rendering, more, err := generator.Render(cluster)
	findings = append(findings, more...)
	if worst, some := finding.Worst(findings); err != nil || some && worst == finding.Error {
		return result{findings: findings, err: err}
	}
	more, err = policies.Run(policies.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source), checkers(), options)
	return result{findings: append(findings, more...), err: err}
}
