package evaluate

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// Rehearse evaluates parts of a cluster; Runaways tells whether that came to an end
// within the budget. Mistakes are reported when the cluster itself is evaluated.
func (r *Repo) Rehearse(ctx context.Context, cluster string, parts Parts) {
	_, _, _ = r.bounded(ctx, cluster, parts)
}

// rehearse evaluates the cluster with its catalogue entries in a process of its own, once.
// It returns what is to be reported when that does not come to an end.
func (c *Cluster) rehearse(ctx context.Context) []finding.Finding {
	if c.rehearsed || c.repo.budget.Rehearse == nil {
		return nil
	}
	c.rehearsed = true
	at := c.repo.budget.Rehearse(ctx, c.name, nil, c.repo.budget.CPU)
	if at == nil {
		return nil
	}
	at.Cluster, at.Loaded = c.name, true
	return []finding.Finding{c.repo.exceeded(c.repo.blame(ctx, *at))}
}

// What the parts of a runaway may take while its entry is looked for: far more than
// sound entries do, which need a millisecond each, and far less than the budget.
const (
	partsCPU = time.Second
	partCPU  = 5 * time.Millisecond
	mostPart = 20_000 // there are no repositories with more
)

// blame looks for the entry that makes a cluster run away: the last one of the shortest
// beginning of its declarations that does. What stands at the top level is looked at
// first: there a declaration is named only when it runs away without the others, or
// together with one that it refers to, or that refers to it. An entry of a section is named
// only when it runs away without the others.
func (r *Repo) blame(ctx context.Context, at Runaway) Runaway {
	if at.Place.IsZero() {
		at.Place = r.firstFile(at.Cluster)
	}
	if r.budget.Rehearse == nil || !at.Loaded || at.Entry != nil {
		return at
	}
	all, top := split(r.src.Load(source.RepoMount, "./"+source.ClustersDir+"/"+at.Cluster)[0], nil)
	if len(all) > mostPart {
		return at
	}
	cpu := min(r.budget.CPU, partsCPU+time.Duration(len(all))*partCPU)
	runsAway := func(parts ...[2]int) bool {
		return ctx.Err() == nil && r.budget.Rehearse(ctx, at.Cluster, parts, cpu) != nil
	}
	always := [2]int{0, top}
	if runsAway(always) {
		n := sort.Search(top, func(i int) bool { return runsAway([2]int{0, i + 1}) })
		// Of the declarations before it, the last one without which it does not.
		first := n - sort.Search(n, func(i int) bool { return runsAway([2]int{n - i, n + 1}) })
		switch one, other := [2]int{n, n + 1}, [2]int{first, first + 1}; {
		case n == top || all[n].path == nil || all[first].path == nil:
		case first == n && runsAway(one):
			at.Entry, at.Place = all[n].path, all[n].place
		case first < n && runsAway(other, one):
			at.Entry, at.With, at.Place = all[first].path, all[n].path, all[first].place
		}
		return at
	}
	n := top + sort.Search(len(all)-top, func(i int) bool { return runsAway(always, [2]int{top, top + i + 1}) })
	if n < len(all) && runsAway(always, [2]int{n, n + 1}) {
		at.Entry, at.Place = all[n].path, all[n].place
	}
	return at
}

// multiplying are the builtins that can make one huge value out of small ones at once.
var multiplying = [...]string{"Execute", "Exp", "Exp2", "Indent", "Join", "Lsh", "Pow", "Repeat", "Replace", "ReplaceAll", "ReplaceAllLiteral", "Set"}

// multiplies reports whether files of inst that lie in the repository multiply or name
// a builtin that does. An allocation that the system refuses ends the process, before
// anybody sees how much memory it has.
func multiplies(inst *build.Instance) bool {
	found := false
	for _, i := range append(inst.Dependencies(), inst) {
		for _, f := range i.Files {
			if !source.Written(f.Pos()) || !strings.HasPrefix(f.Pos().Filename(), "/"+source.RepoMount+"/") {
				continue
			}
			ast.Walk(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BinaryExpr:
					found = found || n.Op == token.MUL
				case *ast.SelectorExpr:
					name, _, _ := ast.LabelName(n.Sel) // one that is no name is no builtin
					found = found || slices.Contains(multiplying[:], name)
				}
				return !found
			}, nil)
		}
	}
	return found
}
