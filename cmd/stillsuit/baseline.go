package main

import (
	"context"
	"path"
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/change"
	"stillsuit.dev/checks/gate"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// baseline is the checkout that a check compares with.
type baseline struct {
	dir         string
	repo        *generator.Repo
	comparisons []comparison
	subjects    map[string]*inventory.Subject // by cluster; nil when it could not be rendered
	broken      []finding.Finding
	crashed     []finding.Finding // what stillsuit failed on while it rendered the base
}

// comparison finds what there is to say about a cluster and its base.
type comparison struct {
	name    string
	compare func(base, head *inventory.Subject) ([]finding.Finding, error)
}

// openBaseline renders every cluster of the checkout in memory. It has to be closed. What
// cannot be read of it is a finding.
func openBaseline(ctx context.Context, dir, base string, library []*admission.Policy) (*baseline, error) {
	repo, err := openRepository(ctx, from(dir, base))
	if err != nil {
		return nil, err
	}
	b := &baseline{dir: base, repo: repo, subjects: map[string]*inventory.Subject{}, comparisons: []comparison{
		{"gate", func(base, head *inventory.Subject) ([]finding.Finding, error) {
			return gate.Compare(base, head, library)
		}},
		{"change", change.Compare},
	}}
	names, err := repo.Clusters()
	if err != nil {
		b.crashed = append(b.crashed, crash.Failed("--base", err, finding.Place{File: path.Join(base, "clusters")}))
	}
	for _, name := range names {
		r := &result{}
		r.render(ctx, repo, name)
		if ctx.Err() != nil {
			b.close()
			return nil, ctx.Err()
		}
		b.subjects[name] = nil
		switch wrong := failing(r.findings); {
		case r.err != nil:
			b.crashed = append(b.crashed, crash.Failed("of cluster "+name+" against its base", r.err, finding.Place{File: path.Join(base, "clusters", name)}))
		case wrong != nil || r.rendering == nil:
			for _, f := range wrong {
				if crash.Is(f.Code) {
					f.Place.File = path.Join(base, f.Place.File)
					b.crashed = append(b.crashed, f)
				}
			}
			b.broken = append(b.broken, wrong...)
		default:
			b.subjects[name] = r.subject
		}
	}
	settle(ctx, repo)
	return b, nil
}

func (b *baseline) close() { _ = b.repo.Close() } // it was only read

// cluster compares one cluster. One that the base does not have is new. A comparison that
// fails is a finding that nothing hides, and the others are made.
func (b *baseline) cluster(head *inventory.Subject, options *checks.Options) []finding.Finding {
	base := b.subjects[head.Name]
	if base == nil {
		return nil
	}
	var found, failed []finding.Finding
	for _, c := range b.comparisons {
		more, err := c.run(base, head)
		found = append(found, more...)
		if err == nil {
			continue
		}
		place, _ := head.Places.Locate(inventory.Spot{})
		f := crash.Failed(c.name, err, place)
		for _, o := range slices.Concat(base.Objects, head.Objects) {
			f.Hide(o.Secrets())
		}
		failed = append(failed, f)
	}
	return append(wanted(found, options), failed...)
}

// run compares; a panic is an error.
func (c comparison) run(base, head *inventory.Subject) (found []finding.Finding, err error) {
	defer crash.Catch(&err, "comparing cluster "+head.Name+" with its base by "+c.name)
	return c.compare(base, head)
}

// add adds what is about the repository as a whole: the lock, clusters that are gone,
// and what of the base could not be compared.
func (b *baseline) add(findings []finding.Finding, head *generator.Repo, names []string, options *checks.Options) ([]finding.Finding, error) {
	has, err := head.Clusters()
	if err != nil {
		return nil, err
	}
	more := gate.Lock(b.repo.Lock(), head.Lock(), head.Source(lock.File))
	for name, subject := range b.subjects {
		asked := len(names) == 0 || slices.Contains(names, name)
		switch {
		case !slices.Contains(has, name):
			more = append(more, gate.Gone(name))
		case subject == nil && asked && len(b.broken) > 0:
			more = append(more, gate.NoBase(b.dir, b.broken[0]))
		}
	}
	return finding.Sort(slices.Concat(findings, b.crashed, wanted(more, options))), nil
}

// baselineCodes are those of what a comparison finds.
func baselineCodes() []finding.CodeDoc { return slices.Concat(gate.Codes(), change.Codes()) }

// wanted are the findings of the codes that are asked for.
func wanted(findings []finding.Finding, options *checks.Options) []finding.Finding {
	return slices.DeleteFunc(findings, func(f finding.Finding) bool { return !options.Wants(f.Code) })
}
