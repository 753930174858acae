package fit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
	"stillsuit.dev/placement/validity"
)

// mostPods is how many pods a cluster is made for (kubernetes.io, considerations for
// large clusters).
const mostPods = 150_000

// beyond is by how many pods a workload may ask for more than there is room for and still
// be placed: most of its pods run, and the report says which do not.
const beyond = 110

// crowd is how many pods more than the nodes can hold are placed, of all workloads.
const crowd = 1000

// refused leaves out what the API server refuses: nothing can be told of its pods.
func (a *analysis) refused() {
	for _, w := range a.demand.Uncounted {
		a.report.NotPlaced = append(a.report.NotPlaced, NotPlaced{Workload: w.Name, Pods: w.Pods, Because: "Kubernetes refuses an amount of its pods"})
	}
	bad := map[string]bool{} // claims
	for _, o := range a.subject.Objects {
		problems := validity.Of(o)
		a.tellRefused(problems)
		if len(problems) > 0 {
			a.invalid[o] = true
			bad[o.Kind+" "+o.Namespace+"/"+o.Name] = true
		}
	}
	a.leaveOut(func(w *demand.Workload) string {
		if w.Pod != nil {
			if problems := validity.OfPods(w.Pod); len(problems) > 0 {
				a.tellRefused(problems)
				if problems[0].Unfilled {
					return "its placement is not known: " + problems[0].Fact
				}
				return "Kubernetes refuses it: " + problems[0].Fact
			}
		}
		for _, v := range w.Template.Spec.Volumes {
			if c := v.PersistentVolumeClaim; c != nil && bad["PersistentVolumeClaim "+w.Template.Namespace+"/"+c.ClaimName] {
				return "Kubernetes refuses claim " + c.ClaimName + ", which it mounts"
			}
		}
		return ""
	})
}

func (a *analysis) tellRefused(problems []validity.Problem) {
	for _, p := range problems {
		switch {
		case p.Unfilled:
			a.pass.Note(p.Spot, "fit/unknown-placement", p.Fact+", which Flux replaces, so nothing was checked of where its pods run", "", "check the tree that `flux build kustomization` prints")
		case !p.Reported:
			a.pass.Error(a.subject.ByPatch(p.Spot), "fit/invalid-placement", p.Fact, p.Contrast, p.Mend)
		}
	}
}

// readable makes the plan. What validity does not refuse and the scheduler does not read all
// the same is left out too.
func (a *analysis) readable() error {
	var err error
	if a.plan, err = a.newPlan(nil); err == nil {
		return nil
	}
	var bad unreadable
	if !errors.As(err, &bad) {
		return err
	}
	a.leaveOut(func(w *demand.Workload) string {
		if bad[w] == nil {
			return ""
		}
		a.pass.Error(a.subject.ByPatch(w.Spot), "fit/invalid-placement", fmt.Sprintf("where the pods of %s may run cannot be read: %v", w.Name, bad[w]), "", "correct the field that the message names")
		return "its placement cannot be read: " + bad[w].Error()
	})
	a.plan, err = a.newPlan(nil)
	return err
}

// leaveOut takes the workloads out for which there is a reason, and says so in the report.
func (a *analysis) leaveOut(because func(*demand.Workload) string) {
	a.demand.Workloads = slices.DeleteFunc(slices.Clone(a.demand.Workloads), func(w *demand.Workload) bool {
		why := because(w)
		if why != "" {
			a.report.NotPlaced = append(a.report.NotPlaced, NotPlaced{Workload: w.Name, Pods: w.Pods, Because: why})
		}
		return why != ""
	})
}

// bound leaves out workloads of which the nodes could not hold all pods, however they
// were placed, so that the pods that are made are not many more than the nodes can hold.
func (a *analysis) bound() {
	places := a.places(nil)
	nodes := fmt.Sprintf("the %d nodes", len(a.all))
	if len(a.all) == 1 {
		nodes = "node " + a.all[0].name
	}
	a.leaveOut(func(w *demand.Workload) string {
		most := places
		if room := a.places(w); room < places-beyond && w.Pods > room+beyond {
			most = room
		}
		if w.PerNode || w.Pods <= most {
			return ""
		}
		a.tooMany(w, fmt.Sprintf("%s requests %d pods", w.Name, w.Pods), fmt.Sprintf("%s can hold %d of them at most, so none was placed", nodes, most), fmt.Sprintf("request %d at most, or add nodes", most))
		return fmt.Sprintf("it requests %d pods, and %s can hold %d of them", w.Pods, nodes, most)
	})
	pods := func(w *demand.Workload) int {
		if w.PerNode {
			return len(a.all)
		}
		return w.Pods
	}
	// The small ones first: most are placed so.
	bySize := slices.Clone(a.demand.Workloads)
	slices.SortStableFunc(bySize, func(x, y *demand.Workload) int { return cmp.Compare(pods(x), pods(y)) })
	sum, out, rest := 0, map[*demand.Workload]bool{}, 0
	for _, w := range bySize {
		sum += pods(w)
		if sum > places+crowd {
			out[w] = true
			rest += pods(w)
		}
	}
	if len(out) == 0 {
		return
	}
	var names []string
	var first *demand.Workload
	a.leaveOut(func(w *demand.Workload) string {
		if !out[w] {
			return ""
		}
		names = append(names, w.Name)
		if first == nil || pods(w) > pods(first) {
			first = w
		}
		return fmt.Sprintf("all workloads together request %d pods, and %s can hold %d", sum, nodes, places)
	})
	request := "request"
	if len(names) == 1 {
		request = "requests"
	}
	a.tooMany(first, fmt.Sprintf("%s %s %d pods", few(names), request, rest), fmt.Sprintf("all workloads together request %d, and %s can hold %d at most, so none of these was placed", sum, nodes, places), "request fewer, or add nodes")
}

func (a *analysis) tooMany(w *demand.Workload, fact, contrast, mend string) {
	at := w.Counted
	if at.Object == nil {
		at = w.Spot
	}
	a.pass.Error(a.subject.ByPatch(at), "fit/too-many-pods", fact, contrast, mend)
}

// places is how many pods the nodes hold together, of one workload where one is given:
// as many as each kubelet takes, and as the memory and cores that it offers allow.
func (a *analysis) places(w *demand.Workload) int {
	var memory, cpu int64
	if w != nil {
		requests := scheduler.Requests(w.Template)
		memory, cpu = quantities.Of(requests.Memory()), quantities.Milli(requests.Cpu())
	}
	out := int64(0)
	for _, m := range a.all {
		offers := m.sees.Status.Allocatable
		most := quantities.Of(offers.Pods())
		for _, r := range [][2]int64{{quantities.Of(offers.Memory()), memory}, {quantities.Milli(offers.Cpu()), cpu}} {
			if r[1] > 0 {
				most = min(most, r[0]/r[1])
			}
		}
		out = min(out+max(0, min(most, mostPods)), mostPods)
	}
	return int(out)
}
