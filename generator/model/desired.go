// Package model mirrors the CUE schema in Go: what a user declared for one
// cluster, with the catalogue merged below it. It is decoded, never built by hand: Load
// gives a Desired, which holds the facts of the Cluster and the namespaces, apps and
// charts by name.
package model

import (
	"encoding/json"

	"stillsuit.dev/finding"
)

// Desired is the desired state of one cluster, as its CUE package declares it.
type Desired struct {
	Cluster    Cluster
	Namespaces map[string]*Namespace
	Apps       map[string]*App
	Charts     map[string]*Chart
	RBAC       map[string]*RBAC
	// Places finds the user's line of a path.
	Places *Places
	// Files are the CUE files that were read, relative to the repository's root.
	Files []string
}

// Source is where the declarations come from: one evaluated cluster package.
type Source interface {
	// Section returns the entries of a top-level map (apps, charts, namespaces), by name.
	Section(name string) (map[string]json.RawMessage, error)
	// Facts returns the value of the field cluster.
	Facts() (json.RawMessage, error)
	// Entry returns a catalogue entry, for the app or chart of the given name; at
	// is the line that asks for it.
	Entry(kind EntryKind, entry, name string, at finding.Place) (Entry, error)
	// Place returns the user's line of a path, if a user file has one there.
	Lookup
	// Files are the CUE files that were read, relative to the repository's root.
	Files() []string
}

// EntryKind is what a catalogue package holds; it is also the name of the field.
type EntryKind string

// The kinds of catalogue entries.
const (
	AppEntry       EntryKind = "app"
	ContainerEntry EntryKind = "container"
	ChartEntry     EntryKind = "chart"
)

// Entry is one catalogue package, evaluated for one app or chart. The zero Entry means
// that it could not be had; its source has reported why.
type Entry struct {
	JSON  json.RawMessage
	Lines Lookup
}
