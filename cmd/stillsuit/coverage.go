package main

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/fix"
	"stillsuit.dev/inventory"
)

// coverage counts what a run checked.
type coverage struct {
	units, objects, workloads, releases int
	missed                              []string
}

// add counts a subject, or notes that it was not checked in full.
func (c *coverage) add(name string, subject *inventory.Subject, whole bool) error {
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
			c.releases++
		}
	}
	return nil
}

// with adds what another check counted.
func (c *coverage) with(other coverage) {
	c.units += other.units
	c.objects += other.objects
	c.workloads += other.workloads
	c.releases += other.releases
	c.missed = append(c.missed, other.missed...)
}

// lines say how much was checked, and what was not.
func (c *coverage) lines() []string {
	checked := []string{finding.Count(c.objects, "object"), finding.Count(c.workloads, "workload")}
	if c.units > 0 { // a directory need not say what belongs together
		checked = slices.Insert(checked, 0, finding.Count(c.units, "unit"))
	}
	out := []string{"Checked: " + strings.Join(checked, ", ") + "."}
	var not []string
	if c.releases > 0 {
		not = append(not, "the objects that "+finding.Count(c.releases, "HelmRelease")+" install")
	}
	if len(c.missed) > 0 {
		not = append(not, finding.All(slices.Sorted(slices.Values(c.missed)))+" in full, because of the errors")
	}
	if len(not) > 0 {
		out = append(out, "Not checked: "+strings.Join(not, "; ")+".")
	}
	return out
}

// next is what to type after a run with findings: nothing without any.
func next(findings []finding.Finding) string {
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
