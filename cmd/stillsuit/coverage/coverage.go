// Package coverage counts what a run checked, and says it at the end of its output: units,
// objects and workloads, what was not checked, and what to type next. A run that could not
// check something says so in its last lines.
package coverage

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/fix"
	"stillsuit.dev/inventory"
)

// Coverage is how much a run checked.
type Coverage struct {
	units, objects, workloads int
	// Releases is the number of HelmReleases, whose objects are not seen.
	Releases int
	missed   []string
}

// Add counts a subject, or notes that it was not checked in full.
func (c *Coverage) Add(name string, subject *inventory.Subject, whole bool) error {
	if !whole {
		c.missed = append(c.missed, name)
	}
	if subject == nil {
		return nil
	}
	templates, err := subject.PodTemplates()
	if err != nil {
		return err
	}
	c.units += len(subject.Units)
	c.objects += len(subject.Objects)
	c.workloads += len(templates)
	for _, o := range subject.Objects {
		if o.ID.Kind == "HelmRelease" {
			c.Releases++
		}
	}
	return nil
}

// With adds what another check counted.
func (c *Coverage) With(other Coverage) {
	c.units += other.units
	c.objects += other.objects
	c.workloads += other.workloads
	c.Releases += other.Releases
	c.missed = append(c.missed, other.missed...)
}

// Lines say how much was checked, and what was not.
func (c *Coverage) Lines() []string {
	checked := []string{finding.Count(c.objects, "object"), finding.Count(c.workloads, "workload")}
	if c.units > 0 { // a directory need not say what belongs together
		checked = slices.Insert(checked, 0, finding.Count(c.units, "unit"))
	}
	out := []string{"Checked: " + strings.Join(checked, ", ") + "."}
	var not []string
	if c.Releases > 0 {
		not = append(not, "the objects that "+finding.Count(c.Releases, "HelmRelease")+" install")
	}
	if len(c.missed) > 0 {
		not = append(not, finding.All(slices.Sorted(slices.Values(c.missed)))+" in full, because of the errors")
	}
	if len(not) > 0 {
		out = append(out, "Not checked: "+strings.Join(not, "; ")+".")
	}
	return out
}

// Next is what to type after a run with findings: nothing without any.
func Next(findings []finding.Finding) string {
	worst, some := finding.Worst(findings)
	if !some {
		return ""
	}
	if n := fix.Fixable(findings); n > 0 {
		return fmt.Sprintf("%d of these can be fixed by `stillsuit check --fix`.", n)
	}
	if worst == finding.Note {
		return "`stillsuit check --all` lists the notes."
	}
	i := slices.IndexFunc(findings, func(f finding.Finding) bool { return f.Severity == worst })
	return "`stillsuit explain " + string(findings[i].Code) + "` says more."
}
