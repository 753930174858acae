package main

import (
	"context"
	"errors"
	"slices"

	"stillsuit.dev/checks/access"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/inventory"
)

// eachCluster renders the named clusters, or all when none is named, side by side:
// each has a CUE context of its own. When memory was short before, they come one after
// another. then, when given, goes on with each of them. The error is that of the first
// cluster that could not be rendered; the results are there all the same.
func eachCluster(ctx context.Context, repo *generator.Repo, names []string, then func(*result)) ([]result, error) {
	names, err := named(repo, names)
	if err != nil {
		return nil, err
	}
	results := make([]result, len(names))
	b := boundsOf(ctx)
	var group crash.Group
	for i, name := range names {
		group.Go(func() {
			defer b.turn()()
			r := &results[i]
			r.name = name
			if r.render(ctx, repo, name); r.err == nil && then != nil {
				then(r)
			}
		})
	}
	group.Wait()
	settle(ctx, repo)
	for _, r := range results {
		if r.err != nil {
			return results, r.err
		}
	}
	return results, nil
}

// renderAll renders the named clusters, or all when none is named, to be written: an image
// that loses its digest, and what the API server rejects, is found too. The findings are sorted.
func renderAll(ctx context.Context, repo *generator.Repo, names []string) ([]*generator.Rendering, []finding.Finding, error) {
	results, err := eachCluster(ctx, repo, names, func(r *result) {
		if r.rendering == nil {
			return
		}
		for _, judge := range []func(*inventory.Subject) ([]finding.Finding, error){images.Judge, apiserver.Judge} {
			found, err := judge(r.subject)
			r.judged, r.err = append(r.judged, found...), errors.Join(r.err, err)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	var renderings []*generator.Rendering
	for _, r := range results {
		if r.rendering != nil {
			renderings = append(renderings, r.rendering)
		}
	}
	return renderings, findingsOf(results), nil
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
	name      string
	cluster   *generator.Cluster   // nil with findings that leave nothing to render
	rendering *generator.Rendering // nil likewise
	subject   *inventory.Subject   // what the checks judge of it; nil likewise
	findings  []finding.Finding    // of loading and rendering it
	judged    []finding.Finding    // of what has to be right before it is written, where nothing is missing for it
	checked   bool                 // by all checkers
	err       error
}

// render renders one cluster, and judges what has to be right before it is written.
func (r *result) render(ctx context.Context, repo *generator.Repo, name string) {
	if r.cluster, r.findings, r.err = generator.Load(ctx, repo, name); r.err != nil || r.cluster == nil {
		return
	}
	var more []finding.Finding
	r.rendering, more, r.err = generator.Render(r.cluster)
	r.findings = append(r.findings, more...)
	if r.rendering == nil {
		return
	}
	r.subject = inventory.Declared(r.cluster.Desired, r.rendering.Set, repo.Lock(), repo.Source)
	r.judged, r.err = access.Judge(r.subject)
}

// findingsOf are those of all clusters, sorted.
func findingsOf(results []result) []finding.Finding {
	var out []finding.Finding
	for _, r := range results {
		out = append(append(out, r.findings...), r.judged...)
	}
	return finding.Sort(out)
}
