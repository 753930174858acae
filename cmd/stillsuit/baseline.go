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
	dir      string
	repo     *generator.Repo
	library  []*admission.Policy
	subjects map[string]*inventory.Subject // by cluster; nil when its CUE has errors
	broken   []finding.Finding
	crashed  []finding.Finding // what stillsuit failed on while it rendered the base
}

// openBaseline renders every cluster of the checkout in memory. It has to be closed.
func openBaseline(ctx context.Context, dir, base string, library []*admission.Policy) (*baseline, error) {
	repo, err := openRepository(ctx, from(dir, base))
	if err != nil {
		return nil, err
	}
	b := &baseline{dir: base, repo: repo, library: library, subjects: map[string]*inventory.Subject{}}
	names, err := repo.Clusters()
	if err != nil {
		b.close()
		return nil, err
	}
	for _, name := range names {
		r := &result{}
		if r.render(ctx, repo, name); r.err != nil {
			b.close()
			return nil, r.err
		}
		if wrong := failing(r.findings); wrong != nil || r.rendering == nil {
			for _, f := range wrong {
				if crash.Is(f.Code) {
					f.Place.File = path.Join(base, f.Place.File)
					b.crashed = append(b.crashed, f)
				}
			}
			b.broken = append(b.broken, wrong...)
			b.subjects[name] = nil
			continue
		}
		b.subjects[name] = r.subject
	}
	settle(ctx, repo)
	return b, nil
}

func (b *baseline) close() { _ = b.repo.Close() } // it was only read

// cluster compares one cluster. One that the base does not have is new.
func (b *baseline) cluster(head *inventory.Subject, options *checks.Options) ([]finding.Finding, error) {
	base := b.subjects[head.Name]
	if base == nil {
		return nil, nil
	}
	loosened, err := gate.Compare(base, head, b.library)
	if err != nil {
		return nil, err
	}
	becomes, err := change.Compare(base, head)
	return wanted(slices.Concat(loosened, becomes), options), err
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
func baselineCodes() []finding.Code { return slices.Concat(gate.Codes(), change.Codes()) }

// wanted are the findings of the codes that are asked for.
func wanted(findings []finding.Finding, options *checks.Options) []finding.Finding {
	return slices.DeleteFunc(findings, func(f finding.Finding) bool { return !options.Wants(f.Code) })
}
