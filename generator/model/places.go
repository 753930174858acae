package model

import (
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
)

// Path is a CUE path, a label or list index at a time: apps, mosquitto, user.
type Path []string

// Join returns the path with more labels behind it. It never shares memory
// with p, so paths can be built from a common start.
func (p Path) Join(labels ...string) Path {
	return append(slices.Clip(slices.Clone(p)), labels...)
}

// String writes the path as CUE does: apps."home-assistant".containers.main.
func (p Path) String() string {
	var b strings.Builder
	for i, label := range p {
		if i > 0 && isIndex(label) {
			b.WriteString("[" + label + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(quoteLabel(label))
	}
	return b.String()
}

func isIndex(label string) bool {
	if label == "" || label[0] > '9' { // most are names
		return false
	}
	_, err := strconv.Atoi(label)
	return err == nil
}

func quoteLabel(label string) string {
	for i, r := range label {
		letter := r == '_' || r == '$' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return strconv.Quote(label)
		}
	}
	if label == "" {
		return `""`
	}
	return label
}

// Lookup finds lines in one evaluated CUE package.
type Lookup interface {
	// Place returns the line of the value at a path below what the package
	// declares, and false when no file of the package has one there.
	Place(path ...string) (finding.Place, bool)
}

// layer is a package whose values stand at a path of the model.
type layer struct {
	at Path // in the model
	in Lookup
}

// Places finds the user's line of a path in the merged model: in the cluster's
// own files, else in the catalogue entry that gave the value.
type Places struct {
	cluster Lookup
	layers  map[string][]layer // of the catalogue, by the path of the app or chart
}

// NewPlaces returns places that look in the cluster's own package.
func NewPlaces(cluster Lookup) *Places {
	return &Places{cluster: cluster, layers: map[string][]layer{}}
}

// add puts a catalogue entry below the model's path at, which is in an app or chart.
func (p *Places) add(at Path, in Lookup) {
	key := at[0] + "." + at[1]
	p.layers[key] = append(p.layers[key], layer{at: at, in: in})
}

// Of returns the line of the value at path, or of its nearest ancestor that
// has one.
func (p *Places) Of(path Path) finding.Place {
	if p == nil {
		return finding.Place{}
	}
	var layers []layer
	if len(path) > 1 {
		layers = p.layers[path[0]+"."+path[1]]
	}
	for n := len(path); n > 0; n-- {
		if place, ok := p.cluster.Place(path[:n]...); ok {
			return place
		}
		for _, l := range layers {
			if n < len(l.at) || !slices.Equal(path[:len(l.at)], l.at) {
				continue
			}
			if place, ok := l.in.Place(path[len(l.at):n]...); ok {
				return place
			}
		}
	}
	return finding.Place{}
}
