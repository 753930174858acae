package rig

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

// Kustomizations is where Flux Kustomizations are kept.
var kustomizations = schema.GroupVersionResource{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Resource: "kustomizations"}

// Timeline is what the Flux Kustomizations said of themselves, in the order in
// which the API server stored it.
type Timeline struct {
	mu     sync.Mutex
	events []Event
	latest map[string]*unstructured.Unstructured
}

// Event is a Flux Kustomization at a moment.
type Event struct {
	Unit string
	// Ready is the status of its condition: True, False, Unknown while a worker
	// is at it, or "" before the first.
	Ready string
	// Why is the condition's reason and message.
	Why string
	// Revision is the one that it last attempted; Applied is the one that it last
	// applied and found healthy.
	Revision, Applied string
	// At is when the event was seen.
	At time.Time
	// Gone says that the Kustomization was removed.
	Gone bool
}

// Rolling reports whether a worker is at the unit.
func (e Event) Rolling() bool { return !e.Gone && e.Ready == "Unknown" }

// Watch records the Flux Kustomizations until the rig stops.
func (r *Rig) Watch() (*Timeline, error) {
	t := &Timeline{latest: map[string]*unstructured.Unstructured{}}
	objects := r.Dynamic.Resource(kustomizations).Namespace(fluxNamespace)
	list, err := objects.List(r.Context, metav1.ListOptions{})
	if err != nil {
		return nil, r.explain(err)
	}
	for i := range list.Items {
		t.add(&list.Items[i], false)
	}
	watcher, err := watchtools.NewRetryWatcherWithContext(r.Context, list.GetResourceVersion(), &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) { return objects.Watch(ctx, o) },
	})
	if err != nil {
		return nil, r.explain(err)
	}
	go func() {
		for e := range watcher.ResultChan() {
			if u, ok := e.Object.(*unstructured.Unstructured); ok {
				t.add(u, e.Type == watch.Deleted)
			}
		}
	}()
	return t, nil
}

func (t *Timeline) add(u *unstructured.Unstructured, gone bool) {
	e := Event{Unit: u.GetName(), At: time.Now(), Gone: gone}
	e.Ready, e.Why = ConditionOf(u, "Ready")
	e.Revision, _, _ = unstructured.NestedString(u.Object, "status", "lastAttemptedRevision")
	e.Applied, _, _ = unstructured.NestedString(u.Object, "status", "lastAppliedRevision")
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events = append(t.events, e)
	t.latest[e.Unit] = u
	if gone {
		delete(t.latest, e.Unit)
	}
}

// Events returns what was recorded so far.
func (t *Timeline) Events() []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.events)
}

// Unready lists the units that are not Ready at the revision, with why; without
// units, all that there are.
func (t *Timeline) Unready(revision string, units ...string) map[string]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(units) == 0 {
		units = slices.Collect(maps.Keys(t.latest))
	}
	out := map[string]string{}
	for _, name := range units {
		u := t.latest[name]
		if u == nil {
			out[name] = "it is not there"
			continue
		}
		applied, _, _ := unstructured.NestedString(u.Object, "status", "lastAppliedRevision")
		observed, _, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration")
		status, why := ConditionOf(u, "Ready")
		switch {
		case status != "True":
			out[name] = why
		case applied != revision || observed != u.GetGeneration():
			out[name] = "it is Ready at " + applied
		}
	}
	return out
}

// Rolling returns the events at which a worker was at the unit and the revision.
func (t *Timeline) Rolling(revision, unit string) []Event {
	return slices.DeleteFunc(t.Events(), func(e Event) bool {
		return e.Unit != unit || e.Revision != revision || !e.Rolling()
	})
}

// Crowded returns the most units that workers were at in one moment, and their
// names. The root is not a unit: it waits for nothing.
func Crowded(events []Event) (int, []string) {
	rolling := map[string]bool{}
	var most []string
	for _, e := range events {
		if e.Unit == fluxNamespace {
			continue
		}
		if rolling[e.Unit] = e.Rolling(); !rolling[e.Unit] {
			delete(rolling, e.Unit)
		}
		if len(rolling) > len(most) {
			most = slices.Sorted(maps.Keys(rolling))
		}
	}
	return len(most), most
}

// Disordered lists the units that a worker took to a revision before what they
// come after was Ready at it. after is the declared order: unit to units.
func Disordered(events []Event, after map[string][]string) []string {
	ready := map[string]string{} // unit to the revision at which it was last Ready
	began := map[string]string{}
	var out []string
	for _, e := range events {
		if e.Ready == "True" {
			ready[e.Unit] = e.Applied
		}
		if !e.Rolling() || e.Revision == "" || began[e.Unit] == e.Revision {
			continue
		}
		began[e.Unit] = e.Revision
		for _, before := range after[e.Unit] {
			if ready[before] != e.Revision {
				out = append(out, fmt.Sprintf("%s was applied at %s before %s was ready", e.Unit, e.Revision, before))
			}
		}
	}
	return out
}

// Reconcile asks Flux to look at a unit now, as `flux reconcile` does.
func (r *Rig) Reconcile(unit string) error {
	patch := fmt.Sprintf(`{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":%q}}}`, time.Now().Format(time.RFC3339Nano))
	_, err := r.Dynamic.Resource(kustomizations).Namespace(fluxNamespace).Patch(r.Context, unit, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	return r.explain(err)
}

// Suspend keeps Flux from looking at a unit, or lets it again, as `flux suspend` and
// `flux resume` do.
func (r *Rig) Suspend(unit string, suspend bool) error {
	patch := fmt.Sprintf(`{"spec":{"suspend":%t}}`, suspend)
	_, err := r.Dynamic.Resource(kustomizations).Namespace(fluxNamespace).Patch(r.Context, unit, types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "flux"})
	return r.explain(err)
}
