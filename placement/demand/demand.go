// Package demand tells which pods the objects of a subject make run: how many of
// each, when, and what they ask of a node once the API server has laid its defaults
// over them. It places nothing.
package demand

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// Workload is a set of like pods that one object makes.
type Workload struct {
	// Name is what a user calls it by, and no other workload's: Deployment mosquitto,
	// kyverno reports-controller for a component of a chart, and with its namespace
	// where others are called the same: Deployment redis of office.
	Name string
	// Template is a pod of it: its namespace, labels and spec, with what admission
	// adds. Its name is that of the workload's object.
	Template *corev1.Pod
	// Selector is that of the controller, by which kube-scheduler spreads pods; nil for none.
	Selector *metav1.LabelSelector
	// Claims are made for each pod, by the name of the pod's volume.
	Claims []corev1.PersistentVolumeClaim
	// Runs says when the pods run.
	Runs Runs
	// Pods is their number, for PerNode on each node that takes them. For a CronJob
	// it is the number at its worst overlap.
	Pods int
	// Counted is where that number stands; the zero Spot when nobody wrote one.
	Counted inventory.Spot
	// PerNode says that one runs on each node.
	PerNode bool
	// Update is how pods are replaced.
	Update Update
	// Unit is what Flux applies it with; "" for what runs before Flux.
	Unit string
	// Origin is the app or chart that it belongs to, as in CUE: apps, immich. Empty
	// for what no CUE declares.
	Origin []string
	// Component is that of a chart, as its footprint calls it; "" for what is no chart's.
	Component string
	// Spot is where it stands; its Object is nil for what nobody declared.
	Spot inventory.Spot
	// Pod is the template in the object, nil when the pods are only told of.
	Pod *inventory.PodTemplate
	// Budgets are the pod disruption budgets that select its pods.
	Budgets []*manifest.Object
	// Bundled says that the distribution or Flux brings it, and nobody wrote it.
	Bundled bool
	// Unfilled says that an amount of its pods is filled in later.
	Unfilled bool
	// Grants says, for a workspace, that the pods are what others may still start there.
	Grants bool
}

// Runs is when pods run.
type Runs int

// When pods run.
const (
	Always Runs = iota // until they are replaced
	Once               // to their end, when they are applied
	Timed              // to their end, from time to time
)

// Update is how the pods of a workload are replaced by newer ones.
type Update struct {
	// Recreate says that the old pods go first.
	Recreate bool
	// Surge is how many more pods there may be meanwhile, and Unavailable how many
	// may be missing.
	Surge, Unavailable int
}

// Group names the app or chart that a workload belongs to, or else the workload.
func (w *Workload) Group() string {
	if len(w.Origin) > 1 {
		return w.Origin[1]
	}
	return w.Name
}

// PodName is the name of a pod of the workload, as a person may count them.
func (w *Workload) PodName(i int) string {
	if w.Pods == 1 && !w.PerNode {
		return w.Name
	}
	return fmt.Sprintf("%s %d", w.Name, i+1)
}

// Unknown is something that was not told, and so cannot be counted.
type Unknown struct {
	Spot                 inventory.Spot
	Problem, Detail, Fix string
	Footprint            bool // it is what a chart's pods ask for
	Harmless             bool // nothing is wrong with what is written
}

// Demand is what a subject makes run.
type Demand struct {
	// Workloads are in the order of Units, and by name in each.
	Workloads []*Workload
	// Units are what Flux applies together, each after those it waits for.
	Units []inventory.Unit
	// Uncounted are workloads that are in no sum, since an amount of their pods was refused or
	// is filled in later.
	Uncounted []*Workload
	// Unknown is what cannot be counted.
	Unknown []Unknown
}

// Of returns what the subject's objects make run.
func Of(s *inventory.Subject) (*Demand, error) {
	pods, err := s.PodTemplates()
	if err != nil {
		return nil, err
	}
	r := &reader{subject: s, out: &Demand{Units: s.Units}, admission: newAdmission(s), uncounted: map[string]bool{}}
	r.units()
	for _, p := range pods {
		r.pod(p)
	}
	r.charts()
	r.movers(pods)
	r.velero()
	r.bundled()
	r.loadBalancers()
	r.flux()
	r.scaled()
	r.workspaces()
	r.operated()
	r.budgets()
	r.tellApart()
	place := map[string]int{}
	for i, u := range r.out.Units {
		place[u.Name] = i + 1
	}
	slices.SortStableFunc(r.out.Workloads, func(a, b *Workload) int {
		if c := place[a.Unit] - place[b.Unit]; c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return r.out, nil
}

// tellApart adds the namespace to names that several workloads have, since reports
// go by them.
func (r *reader) tellApart() {
	have := map[string]int{}
	for _, w := range r.out.Workloads {
		have[w.Name]++
	}
	for _, w := range r.out.Workloads {
		if have[w.Name] > 1 {
			w.Name += " of " + w.Template.Namespace
		}
	}
}

// reader is one reading of a subject.
type reader struct {
	subject   *inventory.Subject
	out       *Demand
	admission *admission
	unitOf    map[*manifest.Object]string
	uncounted map[string]bool // namespaces with pods whose amounts were refused
}

func (r *reader) units() {
	r.unitOf = map[*manifest.Object]string{}
	for _, u := range r.out.Units {
		for _, o := range u.Objects {
			r.unitOf[o] = u.Name
		}
	}
}

// add keeps a workload whose template is complete but for admission, unless an amount
// of its pods was refused where it stands: what they ask for is not known.
func (r *reader) add(w *Workload) {
	if problem := r.admission.admit(w); problem != nil {
		r.out.Unknown = append(r.out.Unknown, *problem)
	}
	if w.Unfilled = r.amountsUnfilled(w); w.Unfilled {
		r.out.Uncounted = append(r.out.Uncounted, w)
		r.uncounted[w.Template.Namespace] = true
		return
	}
	if !countable(&w.Template.Spec) { // which is an error where it stands
		r.uncounted[w.Template.Namespace] = true
		r.out.Uncounted = append(r.out.Uncounted, w)
		return
	}
	r.out.Workloads = append(r.out.Workloads, w)
}

func (r *reader) unknown(at inventory.Spot, fact, contrast, mend string) {
	r.out.Unknown = append(r.out.Unknown, Unknown{Spot: at, Problem: fact, Detail: contrast, Fix: mend})
}
