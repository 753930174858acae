package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Exemption is a part of the strict form of pods that an app or chart does without,
// with its reasons.
type Exemption struct {
	// At is whose pods it is about: apps.NAME, apps.NAME.workloads.NAME or charts.NAME.
	At Path
	// Field is the field of #Container.exempt or #Chart.exempt with the reason;
	// ready for #Container.ready.off.
	Field string
	// Reason says why: of several containers, each with its name.
	Reason string
}

// exemptions are the fields that an Exemption can have.
func exemptions() []string {
	return []string{"writableRoot", "imageUser", "escalation", "capabilities", "seccomp", "privileged", "ready"}
}

// reasons are those of a container, by the field.
func (c *Container) reasons() map[string]string {
	out := map[string]string{
		"writableRoot": c.Exempt.WritableRoot, "imageUser": c.Exempt.ImageUser, "escalation": c.Exempt.Escalation,
		"capabilities": c.Exempt.Capabilities, "seccomp": c.Exempt.Seccomp, "privileged": c.Exempt.Privileged,
	}
	if c.Ready != nil {
		out["ready"] = c.Ready.Off
	}
	return out
}

// Exemptions are those of the apps and charts that are on, sorted by path and field.
func Exemptions(apps map[string]*App, charts map[string]*Chart) []Exemption {
	var out []Exemption
	for _, name := range slices.Sorted(maps.Keys(apps)) {
		if apps[name].Off != "" {
			continue
		}
		for _, w := range slices.Sorted(maps.Keys(apps[name].Workloads)) {
			at := Path{"apps", name}
			if w != "" {
				at = at.Join("workloads", w)
			}
			out = append(out, apps[name].Workloads[w].exemptions(at)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(charts)) {
		if c := charts[name]; c.Off == "" && c.Outside == "" && c.Exempt.Privileged != "" {
			out = append(out, Exemption{At: Path{"charts", name}, Field: "privileged", Reason: c.Exempt.Privileged})
		}
	}
	return out
}

// exemptions are those of one workload.
func (w *Workload) exemptions(at Path) []Exemption {
	by := map[string][]string{}
	all := 0
	for _, set := range []map[string]*Container{w.Containers, w.Sidecars, w.Init} {
		all += len(set)
	}
	for _, set := range []map[string]*Container{w.Containers, w.Sidecars, w.Init} {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			for field, reason := range set[name].reasons() {
				if reason == "" {
					continue
				}
				if all > 1 {
					reason = fmt.Sprintf("%s: %s", name, reason)
				}
				by[field] = append(by[field], reason)
			}
		}
	}
	var out []Exemption
	for _, field := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[field])
		out = append(out, Exemption{At: at, Field: field, Reason: strings.Join(by[field], "; ")})
	}
	return out
}
