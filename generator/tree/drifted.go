package tree

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// drifted is the findings of a check, with the files of one cluster that differ as one.
func drifted(fs []finding.Finding) []finding.Finding {
	byCluster := map[string][]finding.Finding{}
	out := slices.DeleteFunc(slices.Clone(fs), func(f finding.Finding) bool {
		if f.Code != codeDrift {
			return false
		}
		cluster := strings.Join(strings.SplitN(f.Place.File, "/", 3)[:min(2, strings.Count(f.Place.File, "/")+1)], "/")
		byCluster[cluster] = append(byCluster[cluster], f)
		return true
	})
	for _, cluster := range slices.Sorted(maps.Keys(byCluster)) {
		files := byCluster[cluster]
		if len(files) == 1 {
			out = append(out, files[0])
			continue
		}
		var units []string
		state := "out of date"
		for _, all := range []string{"missing", "stale"} {
			if !slices.ContainsFunc(files, func(f finding.Finding) bool { return !strings.HasSuffix(f.Problem, " is "+all) }) {
				state = all
			}
		}
		for _, f := range files {
			units = append(units, unitOf(strings.TrimPrefix(f.Place.File, cluster+"/")))
		}
		slices.Sort(units)
		units = slices.Compact(units)
		named := slices.Clone(units[:min(len(units), 5)])
		if len(units) > 5 {
			named[4] = fmt.Sprintf("%d more", len(units)-4)
		}
		out = append(out, finding.Finding{
			Code: codeDrift, Severity: finding.Error, Place: finding.Place{File: cluster},
			Problem: fmt.Sprintf("%d files are %s (%s)", len(files), state, finding.All(named)),
			Fix:     "run `stillsuit render` and commit what it changes",
		})
	}
	return out
}

// unitOf is the unit that a file of a cluster's tree is of: home/web for home/web/app/service.yaml.
func unitOf(file string) string {
	if unit, _, in := strings.Cut(file, "/app/"); in {
		return unit
	}
	if unit := path.Dir(file); unit != "." {
		return unit
	}
	return file
}
