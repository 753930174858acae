// Package manifest holds rendered Kubernetes objects, each with the CUE path
// that it came from, and writes them as canonical YAML. A Set holds all of a cluster, a
// Unit what Flux applies together, and an Object one object.
package manifest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ID names an object in a cluster.
type ID struct {
	Group     string // "apps"; "" for the core group
	Kind      string
	Namespace string // "" for objects of the cluster
	Name      string
}

// String names the object with the API group of its kind: Deployment.apps home/web.
func (id ID) String() string {
	if id.Group != "" {
		id.Kind += "." + id.Group
	}
	return id.DisplayName()
}

// DisplayName names the object as a sentence does: Deployment home/web.
func (id ID) DisplayName() string {
	if id.Namespace == "" {
		return id.Kind + " " + id.Name
	}
	return id.Kind + " " + id.Namespace + "/" + id.Name
}

// Compare orders IDs by namespace, kind, group and name.
func (id ID) Compare(other ID) int {
	return cmp.Or(strings.Compare(id.Namespace, other.Namespace), strings.Compare(id.Kind, other.Kind),
		strings.Compare(id.Group, other.Group), strings.Compare(id.Name, other.Name))
}

// Object is one rendered object.
type Object struct {
	ID
	// APIVersion is the group and version, as in the object.
	APIVersion string
	// Value is a pointer to the object's Go type, or a map[string]any for a kind
	// without one.
	Value any
	// Written is the object as it was written, before a Go type dropped what it does not
	// have: as JSON decodes it, with patches and what Flux lays over it. It is nil where
	// nobody wrote one.
	Written map[string]any
	// Part says that the object is one of a Kustomize component, which others change before
	// it is applied.
	Part bool
	// Origin is the CUE path that it was made from: apps, mosquitto, expose, lan.
	Origin []string
	// Raw says that the object stands in the CUE as it is, at Origin.
	Raw bool
	// Verbatim, when set, is the file that the object is: a SOPS file, copied.
	// Value is then nil.
	Verbatim []byte
	// Source is the file of the repository that Verbatim was read from.
	Source string
}

// Content is the object as JSON decodes it: as it was written, or its value where that is a
// map; nil for others.
func (o *Object) Content() map[string]any {
	if o.Written != nil {
		return o.Written
	}
	content, _ := o.Value.(map[string]any)
	return content
}

// At returns the CUE path of a value in the object, given as a list of keys and
// indexes. For an object that stands in CUE as it is, that is the value's own
// path; for any other, the path that the object was made from.
func (o *Object) At(keys ...string) []string {
	if !o.Raw {
		return o.Origin
	}
	return append(slices.Clone(o.Origin), keys...)
}

// Unit is what Flux applies together: one Flux Kustomization.
type Unit struct {
	// Name is the name of the Flux Kustomization, once in a cluster.
	Name string
	// Dir is where it lies below the cluster's tree: home/mosquitto.
	Dir string
	// Origin is the CUE path that it was made from.
	Origin []string
	// After are the names of the units that must be ready before it is applied.
	After []string
	// Objects are sorted by ID.
	Objects []*Object
	// Flux is the Flux Kustomization that applies the objects.
	Flux *Object
}

// Set is everything that is rendered for one cluster.
type Set struct {
	// Cluster is the cluster's name.
	Cluster string
	// Units are sorted by Dir.
	Units []*Unit
	// Bootstrap are the patches for Flux's own controllers, in the overlay that
	// `flux bootstrap` keeps; none with an Instance.
	Bootstrap []Patch
	// Instance is what the Flux Operator installs Flux by; nil where `flux bootstrap` does.
	Instance *Object
	// SOPS is the rule for files of this cluster that are to be encrypted.
	SOPS *SOPSRule
}

// Patch is a strategic merge patch on objects that others made.
type Patch struct {
	Kind string // of the objects
	Name string // a regular expression that the object's name matches
	// Value is laid over the object.
	Value any
}

// SOPSRule says to whom files below a path are encrypted.
type SOPSRule struct {
	PathRegex      string
	EncryptedRegex string
	Age            []string
}

// Objects returns every object of the set, Flux's own included, sorted by ID.
func (s *Set) Objects() []*Object {
	var all []*Object
	if s.Instance != nil {
		all = append(all, s.Instance)
	}
	for _, u := range s.Units {
		all = append(all, u.Objects...)
		if u.Flux != nil {
			all = append(all, u.Flux)
		}
	}
	slices.SortFunc(all, func(a, b *Object) int { return a.Compare(b.ID) })
	return all
}

// YAML returns the object's canonical bytes, without a leading document marker.
func (o *Object) YAML() ([]byte, error) {
	if o.Verbatim != nil {
		return o.Verbatim, nil
	}
	var b bytes.Buffer
	err := o.WriteYAML(&b)
	return b.Bytes(), err
}

// WriteYAML appends what YAML returns to b.
func (o *Object) WriteYAML(b *bytes.Buffer) error {
	if o.Verbatim != nil {
		b.Write(o.Verbatim)
		return nil
	}
	if err := marshalTo(b, o.Value); err != nil {
		return fmt.Errorf("encode %s: %w", o.ID, err)
	}
	return nil
}
