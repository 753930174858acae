package inventory

import (
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// Subject is what checkers judge: the objects of one cluster and what is known of
// it. Checkers only read it, several at once.
type Subject struct {
	// Name is the cluster's, or the directory of a tree that no CUE produced.
	Name string
	// Objects are what Flux would apply, sorted by ID. Their values are pointers to
	// the Go types of Kubernetes' own kinds, and maps of others.
	Objects []*manifest.Object
	// Units are what Flux applies together, each after those it waits for; none when
	// that is not known.
	Units []Unit
	// Nodes are the machines, by their Kubernetes node name; none when nobody said.
	Nodes map[string]*Node
	// Minor is the minor version of Kubernetes that the API server runs, 34 of 1.34; 0 when
	// it is not known.
	Minor int
	// Cluster holds the declared facts; nil for a tree that no CUE produced.
	Cluster *model.Cluster
	// Apps and Charts are those that are declared, by name.
	Apps   map[string]*model.App
	Charts map[string]*model.Chart
	// RBAC are the people, programs and roles that are declared, by name.
	RBAC map[string]*model.RBAC
	// Namespaces are those that are declared, by name. There may be others.
	Namespaces map[string]*model.Namespace
	// Parameters are the values that the cluster gives to parameters of policies, in CEL,
	// by name; none for a tree that no CUE produced.
	Parameters map[string]string
	// Lock holds what is known of images.
	Lock *lock.Lock
	// BaseLock is that of the branch that this one is compared with; nil when it is
	// compared with none.
	BaseLock *lock.Lock
	// Places finds the user's lines.
	Places Locator
	// Source returns a file that a place is in, or nothing when it is not one of
	// the repository's.
	Source func(file string) []byte
	// Found is what was found before any check, while the subject was made or read.
	Found []Found
	// Suppressions are the findings that somebody accepted, by name.
	Suppressions map[string]*model.Suppression
}

// Choice is which policies the cluster holds itself to; an empty one says that it chose
// none.
func (s *Subject) Choice() *model.Policies {
	if s.Cluster == nil || s.Cluster.Policies == nil {
		return &model.Policies{}
	}
	return s.Cluster.Policies
}

// Unit is what one Flux Kustomization applies.
type Unit struct {
	Name string
	// After are the names of the units that must be ready before.
	After   []string
	Objects []*manifest.Object
}

// Locator finds the user's lines. It is asked by one goroutine at a time.
type Locator interface {
	// Locate returns the nearest place of the value at a spot, and its CUE path or
	// its JSON pointer in the object.
	Locate(at Spot) (finding.Place, string)
}

// Declared is the subject that a cluster's CUE makes: its desired state, and what
// was rendered from that. source reads a file of the repository.
func Declared(d *model.Desired, set *manifest.Set, locked *lock.Lock, source func(file string) []byte) *Subject {
	s := &Subject{
		Name: set.Cluster, Objects: set.Objects(), Minor: d.Cluster.Kubernetes.Minor(), Cluster: &d.Cluster, Apps: d.Apps, Charts: d.Charts,
		RBAC: d.RBAC, Namespaces: d.Namespaces, Parameters: model.Parameters(d, locked), Lock: locked, Source: source, Suppressions: d.Cluster.Suppress,
	}
	s.Nodes, s.Places = DeclaredNodes(d)
	for _, u := range set.Units {
		s.Units = append(s.Units, Unit{Name: u.Name, After: u.After, Objects: u.Objects})
	}
	s.Units = InOrder(s.Units)
	return s
}

// DeclaredNodes are the nodes of a cluster, by name, and what finds their lines in
// its CUE.
func DeclaredNodes(d *model.Desired) (map[string]*Node, Locator) {
	nodes := map[string]*Node{}
	for name, node := range d.Cluster.Nodes {
		nodes[name] = FromModel(name, node, d.Cluster.Kubernetes)
	}
	return nodes, declared{d.Places}
}

// declared finds places in CUE.
type declared struct{ *model.Places }

func (d declared) Locate(at Spot) (finding.Place, string) {
	path := d.path(at)
	return d.Of(path), path.String()
}

// InOrder returns the units by name, each behind those that it waits for. Units that
// wait for each other come last.
func InOrder(units []Unit) []Unit {
	rest := slices.Clone(units)
	slices.SortFunc(rest, func(a, b Unit) int { return strings.Compare(a.Name, b.Name) })
	waits := map[string]bool{}
	for _, u := range rest {
		waits[u.Name] = true
	}
	out := make([]Unit, 0, len(rest))
	for len(rest) > 0 {
		i := slices.IndexFunc(rest, func(u Unit) bool {
			return !slices.ContainsFunc(u.After, func(name string) bool { return waits[name] })
		})
		if i < 0 {
			return append(out, rest...)
		}
		delete(waits, rest[i].Name)
		out = append(out, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	return out
}
