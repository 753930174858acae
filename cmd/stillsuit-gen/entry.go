package main

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/cmd/stillsuit-gen/alone"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/lock"
)

// told is what the page tells of an entry.
type told struct {
	*alone.Entry
	memory footprint
	// images are what its pods run, as written in CUE, sorted. The images of a
	// chart are not known.
	images []string
	// arches are those that all images are built for; nil when that is not known.
	arches []string
	// unlocked are the images of which the lock says nothing.
	unlocked []string
	// started are its containers as they start; those of a chart are not known.
	started []start
}

// tell finds out what the page tells.
func tell(s *alone.Entry, locked *lock.Lock) (told, error) {
	out := told{Entry: s}
	if s.Kind == evaluate.KindChart {
		if s.Cluster.Charts[s.Name].Footprint == nil {
			return out, fmt.Errorf("chart %s says no footprint", s.Name)
		}
		out.memory = ofChart(s.Cluster.Charts[s.Name].Footprint)
		return out, nil
	}
	var err error
	if out.started, err = out.starts(); err != nil {
		return out, err
	}
	for _, u := range s.Rendering.Units {
		if !slices.Equal(u.Origin, []string{"apps", s.Name}) {
			continue
		}
		for _, o := range u.Objects {
			if spec := out.memory.count(o.Value); spec != nil {
				for _, c := range slices.Concat([]corev1.Container{}, spec.InitContainers, spec.Containers) {
					ref, err := image.Parse(c.Image)
					if err != nil {
						return out, fmt.Errorf("%s %s: image %q: %w", s.Kind, s.Name, c.Image, err)
					}
					out.images = append(out.images, ref.Tagged())
				}
			}
		}
	}
	slices.Sort(out.images)
	out.images = slices.Compact(out.images)
	if len(out.images) == 0 {
		return out, fmt.Errorf("%s %s runs nothing", s.Kind, s.Name)
	}
	out.arches = locked.Images[out.images[0]].Arches()
	for _, ref := range out.images {
		image, ok := locked.Images[ref]
		if !ok {
			out.unlocked = append(out.unlocked, ref)
		}
		built := image.Arches()
		out.arches = slices.DeleteFunc(out.arches, func(a string) bool { return !slices.Contains(built, a) })
	}
	if out.unlocked != nil {
		out.arches = nil
	}
	return out, nil
}

// runsOn says on which architectures an entry runs, as far as that is known.
func (e told) runsOn() string {
	switch {
	case e.Kind == evaluate.KindChart && !e.Cluster.Charts[e.Name].RunsPods():
		return "any"
	case e.arches == nil:
		return "not locked"
	}
	return strings.Join(e.arches, ", ")
}

// requests is the memory of the table: what is asked for, without limits.
func (e told) requests() string {
	var parts []string
	if !e.memory.always.none() {
		parts = append(parts, e.memory.always.requests.String())
	}
	if !e.memory.perNode.none() {
		parts = append(parts, e.memory.perNode.requests.String()+" a node")
	}
	if !e.memory.running.none() {
		parts = append(parts, e.memory.running.requests.String()+" a run")
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}
