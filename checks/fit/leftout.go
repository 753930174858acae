package fit

import (
	"cmp"
	"fmt"
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
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

// leaveOutRefused leaves out what the API server refuses: how many pods it has, and where, is unknown.
func leaveOutRefused(pass *checks.Pass, asked requested) requested {
	for _, w := range asked.Uncounted {
		because := "Kubernetes rejects an amount of its pods"
		if w.Unfilled {
			because = "an amount of its pods is filled in later"
		}
		asked.leftOut = append(asked.leftOut, NotPlaced{Workload: w.Name, Pods: w.Pods, Because: because})
	}
	asked.refused = map[*manifest.Object]bool{}
	bad := map[string]bool{} // claims
	for _, o := range pass.Objects {
		problems := validity.Of(o)
		tellRefused(pass, problems)
		if len(problems) > 0 {
			asked.refused[o] = true
			bad[o.Kind+" "+o.Namespace+"/"+o.Name] = true
		}
	}
	return asked.without(func(w *demand.Workload) string {
		if w.Pod != nil {
			if problems := validity.OfPods(w.Pod); len(problems) > 0 {
				tellRefused(pass, problems)
				if problems[0].Unfilled {
					return "it is not known where it can run: " + problems[0].Problem
				}
				return "Kubernetes rejects it: " + problems[0].Problem
			}
		}
		for _, v := range w.Template.Spec.Volumes {
			if c := v.PersistentVolumeClaim; c != nil && bad["PersistentVolumeClaim "+w.Template.Namespace+"/"+c.ClaimName] {
				return "Kubernetes rejects claim " + c.ClaimName + ", which it mounts"
			}
		}
		return ""
	})
}

func tellRefused(pass *checks.Pass, problems []validity.Problem) {
	for _, p := range problems {
		switch {
		case p.Unfilled:
			pass.Note(p.Spot, "fit/unknown-placement", p.Problem+", which Flux replaces", "stillsuit cannot tell where these pods can run, so they were not placed", "check the output of `flux build kustomization`")
		case !p.Reported:
			pass.Error(pass.ByPatch(p.Spot), "fit/invalid-placement", p.Problem, p.Detail, p.Fix)
		}
	}
}

// leaveOutTooMany leaves out workloads of which the nodes could not hold all pods, however they
// were placed, so that the pods that are made are not many more than the nodes can hold.
func leaveOutTooMany(pass *checks.Pass, asked requested, machines []*machine) requested {
	places := placesFor(nil, machines)
	nodes := fmt.Sprintf("the %d nodes", len(machines))
	if len(machines) == 1 {
		nodes = "node " + machines[0].name
	}
	asked = asked.crowded(func(w *demand.Workload) string {
		most := places
		if room := placesFor(w, machines); room < places-beyond && w.Pods > room+beyond {
			most = room
		}
		if w.PerNode || w.Pods <= most {
			return ""
		}
		tellTooMany(pass, w, fmt.Sprintf("%s requests %d pods", w.Name, w.Pods), fmt.Sprintf("%s can hold %d of them, so none was placed", nodes, most), fmt.Sprintf("lower the replicas to %d, or add nodes", most))
		return fmt.Sprintf("it requests %d pods, and %s can hold %d of them", w.Pods, nodes, most)
	})
	pods := func(w *demand.Workload) int {
		if w.PerNode {
			return len(machines)
		}
		return w.Pods
	}
	// The small ones first: most are placed so.
	bySize := slices.Clone(asked.Workloads)
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
		return asked
	}
	var names []string
	var first *demand.Workload
	asked = asked.crowded(func(w *demand.Workload) string {
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
	tellTooMany(pass, first, fmt.Sprintf("%s %s %d pods", outcome.Few(names), request, rest), fmt.Sprintf("all workloads together request %d pods, and %s can hold %d, so none of these was placed", sum, nodes, places), "lower the replicas, or add nodes")
	return asked
}

func tellTooMany(pass *checks.Pass, w *demand.Workload, fact, contrast, mend string) {
	at := w.Counted
	if at.Object == nil {
		at = w.Spot
	}
	pass.Error(pass.ByPatch(at), "fit/too-many-pods", fact, contrast, mend)
}

// placesFor is how many pods the nodes hold together, of one workload where one is given:
// as many as each kubelet takes, and as the memory and cores that it offers allow.
func placesFor(w *demand.Workload, machines []*machine) int {
	var memory, cpu int64
	if w != nil {
		requests := scheduler.Requests(w.Template)
		memory, cpu = quantities.Of(requests.Memory()), quantities.Milli(requests.Cpu())
	}
	out := int64(0)
	for _, m := range machines {
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

// leftOutCodes documents what is reported here.
func leftOutCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/too-many-pods", Title: "a workload requests more pods than the nodes can hold",
			Plural:  "%d workloads request more pods than the nodes can hold",
			Text:    "A kubelet runs a limited number of pods (110 unless maxPods says otherwise), and a node has a limited amount of memory and cores. This workload requests more pods than all nodes together can hold. The check placed none of them, and all other workloads. When no single workload is too large, but all together are, the largest are left out.",
			Example: "replicas: 10000    // on five nodes, which run 550 pods",
		},
		{
			Code: "fit/invalid-placement", Title: "Kubernetes rejects a field that decides where pods run",
			Plural:  "Kubernetes rejects %d fields that decide where pods run",
			Text:    "The API server rejects the value of this field: a label selector, an affinity term, a topology spread constraint, a disruption budget, a label of the pods or the number of replicas. So the object is never created, and the check did not place its pods. It placed all other workloads.",
			Example: "matchExpressions: [{key: \"app\", operator: \"Equals\"}]    // In, NotIn, Exists or DoesNotExist",
		},
		{
			Code: "fit/unknown-placement", Title: "stillsuit cannot tell where the pods of a workload can run",
			Plural:  "it is not known where the pods of %d workloads can run",
			Text:    "A selector or an affinity holds a value that is replaced later, as Flux replaces ${NAME}. Until then it is not known where the pods can run, so the check did not place them. It placed all other workloads. Check what Flux applies: save the output of `flux build kustomization` in a directory, and check that.",
			Example: "nodeSelector: {kubernetes.io/hostname: \"${NODE}\"}",
		},
	}
}
