package main

import (
	"context"
	"errors"
	"slices"
	"sync"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
)

// renderAll renders the named clusters, or all when none is named, side by
// side: each has a CUE context of its own. The findings are sorted.
func renderAll(ctx context.Context, repo *generator.Repo, names []string) ([]*generator.Rendering, []finding.Finding, error) {
	names, err := named(repo, names)
	if err != nil {
		return nil, nil, err
	}
	results := make([]result, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { results[i] = renderOne(ctx, repo, name) })
	}
	wg.Wait()
	var renderings []*generator.Rendering
	var findings []finding.Finding
	for _, r := range results {
		if r.err != nil {
			return nil, nil, r.err
		}
		findings = append(findings, r.findings...)
		if r.rendering != nil {
			renderings = append(renderings, r.rendering)
		}
	}
	return renderings, finding.Sort(findings), nil
}

// named are the clusters to work on, sorted, each once: all when none is named.
func named(repo *generator.Repo, names []string) ([]string, error) {
	names = slices.Clone(names)
	if len(names) == 0 {
		var err error
		if names, err = repo.Clusters(); err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, errors.New("no cluster here: a cluster is a directory below clusters/ with CUE files")
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// result is what came of one cluster.
type result struct {
	rendering *generator.Rendering // nil with findings that leave nothing to render
	findings  []finding.Finding
	err       error
}

func renderOne(ctx context.Context, repo *generator.Repo, name string) (r result) {
	cluster, findings, err := generator.Load(ctx, repo, name)
	if err != nil || cluster == nil {
		return result{nil, findings, err}
	}
	r.rendering, r.findings, r.err = generator.Render(cluster)
	r.findings = append(r.findings, findings...)
	return r
}
