package admission

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
)

// Sets are the names of all sets that policies are in, sorted.
func Sets(of []*Policy) []string {
	var out []string
	for _, p := range of {
		out = append(out, p.Sets...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Among returns the policies that names stand for: a set's, or one by its own name. An
// error says which of them stands for none.
func Among(all []*Policy, names []string) ([]*Policy, error) {
	sets, known := Sets(all), Sets(all)
	for _, p := range all {
		known = append(known, p.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			mend := finding.DidYouMean(name, known, "the sets are "+finding.All(sets)+", and `stillsuit policy list` shows the policies")
			return nil, fmt.Errorf("there is no set or policy %q; %s", name, mend)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(p *Policy) bool {
		return !slices.Contains(names, p.Name) && !slices.ContainsFunc(p.Sets, func(set string) bool { return slices.Contains(names, set) })
	}), nil
}
