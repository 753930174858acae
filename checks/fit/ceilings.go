package fit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
)

// ceilings compare the memory of groups of nodes with what is declared.
func ceilings(pass *checks.Pass, n *nominal) []Ceiling {
	var out []Ceiling
	if pass.Cluster == nil {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(pass.Cluster.Ceilings)) {
		declared := pass.Cluster.Ceilings[name]
		if c, known := n.under(name, declared); known {
			out = append(out, c)
			tellCeiling(pass, n, c, declared)
		} else if len(c.Nodes) == 0 {
			pass.Error(ceilingSpot(name), "fit/ceiling", fmt.Sprintf("ceiling %s matches no node", name), "without nodes it limits nothing", "name nodes of this cluster, or a board that some of them have")
		}
	}
	return out
}

func ceilingSpot(name string) inventory.Spot {
	return inventory.Spot{Path: []string{"ceilings", name}}
}

// under adds up what the nodes of a ceiling are asked for. It is not known where there
// are no such nodes, or a value was refused where it stands.
func (n *nominal) under(name string, c model.Ceiling) (out Ceiling, known bool) {
	out = Ceiling{Name: name, Board: c.Board, Nodes: members(n.machines, c), Memory: quantities.Of(&c.Memory)}
	if len(out.Nodes) == 0 {
		return out, false
	}
	if out.Memory == 0 { // not said: what the nodes have
		for _, m := range n.machines {
			if slices.Contains(out.Nodes, m.name) {
				out.Memory = quantities.Sum(out.Memory, quantities.Of(m.sees.Status.Capacity.Memory()))
			}
		}
	}
	requests, limits := percent(c.Requests, 100), percent(c.Limits, 0)
	if out.Memory < 0 || requests < 0 || limits < 0 {
		return out, false
	}
	out.AllowedRequests, out.AllowedLimits = part(out.Memory, requests), part(out.Memory, limits)
	empty := n.sched.State()
	for _, i := range n.lasting() {
		one := n.pods[i]
		if slices.Contains(out.Nodes, n.node(i)) {
			out.Requests = quantities.Sum(out.Requests, one.requests)
			out.Limits = quantities.Sum(out.Limits, one.limits)
			if !one.limited {
				out.Unlimited++
			}
		}
		for _, r := range empty.Why(one.ready) {
			if !r.Static && slices.Contains(out.Nodes, r.Node) {
				out.WorstRequests = quantities.Sum(out.WorstRequests, one.requests)
				break
			}
		}
	}
	return out, true
}

// tellCeiling reports a ceiling that is not kept, or that only luck keeps.
func tellCeiling(pass *checks.Pass, n *nominal, out Ceiling, c model.Ceiling) {
	at, who, name := ceilingSpot(out.Name), finding.All(out.Nodes), out.Name
	on := func(node string) bool { return slices.Contains(out.Nodes, node) }
	if out.Requests > out.AllowedRequests {
		asked, allowed := quantities.BytesApart(out.Requests, out.AllowedRequests)
		pass.Error(join(at, "requests"), "fit/ceiling", fmt.Sprintf("pods on %s request %s", who, asked),
			fmt.Sprintf("ceiling %s allows %s (%s of %s)", name, allowed, cmp.Or(c.Requests, "100%"), quantities.Bytes(out.Memory)), "lower requests, or remove a workload; "+n.largest(on, "request", func(one *pod) int64 { return one.requests }))
	} else if out.WorstRequests > out.AllowedRequests {
		pass.Note(join(at, "requests"), "fit/ceiling-worst", fmt.Sprintf("all pods that could run on %s request %s", who, quantities.Bytes(out.WorstRequests)),
			fmt.Sprintf("ceiling %s allows %s, and kube-scheduler decides which of them run there", name, quantities.Bytes(out.AllowedRequests)), "place some of them on other nodes, if the ceiling must hold wherever pods run")
	}
	if out.AllowedLimits == 0 {
		return
	}
	if out.Limits > out.AllowedLimits {
		taken, allowed := quantities.BytesApart(out.Limits, out.AllowedLimits)
		pass.Error(join(at, "limits"), "fit/ceiling", fmt.Sprintf("pods on %s can use %s", who, taken),
			fmt.Sprintf("ceiling %s allows %s (%s of %s)", name, allowed, c.Limits, quantities.Bytes(out.Memory)), "lower memory limits; "+n.largest(on, "memory limit", func(one *pod) int64 { return one.limits }))
	}
}

// members are the nodes of a ceiling that are not offline.
func members(machines []*machine, c model.Ceiling) []string {
	var out []string
	for _, m := range machines {
		switch {
		case len(c.Nodes) > 0 && !slices.Contains(c.Nodes, m.name):
		case len(c.Nodes) == 0 && c.Board != "" && m.Board != c.Board:
		default:
			out = append(out, m.name)
		}
	}
	return out
}

// largest names the pods on nodes with the largest requests or limits, and how large they are.
func (n *nominal) largest(on func(node string) bool, what string, of func(*pod) int64) string {
	var pods []*pod
	for _, i := range n.lasting() {
		if on(n.node(i)) {
			pods = append(pods, n.pods[i])
		}
	}
	slices.SortStableFunc(pods, func(a, b *pod) int { return cmp.Compare(of(b)>>10, of(a)>>10) })
	var out []string
	for _, one := range pods[:min(3, len(pods))] {
		out = append(out, fmt.Sprintf("%s %s", one.name, quantities.Bytes(of(one))))
	}
	if len(out) > 1 {
		what += "s"
	}
	return "the largest " + what + " " + finding.Are(len(out)) + " " + finding.All(out)
}

func join(at inventory.Spot, label string) inventory.Spot {
	at.Path = append(slices.Clone(at.Path), label)
	return at
}

// percent is a share in per cent; otherwise says what no share means.
func percent(of model.Share, otherwise int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSuffix(string(of), "%"), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

// part is a share of an amount, in per cent.
func part(of, percent int64) int64 { return quantities.Times(of/100, percent) }

// ceilingCodes documents what is reported here.
func ceilingCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/ceiling", Title: "pods request or can use more than a ceiling allows",
			Plural:  "%d ceilings are exceeded or match no node",
			Text:    "A ceiling (cluster.ceilings) is the memory that a group of nodes has together, such as the modules of one board, with the shares of it that requests and limits may use. The sums are those of the placement in the order of Flux. The sum of limits leaves out pods without a memory limit (fit/no-limit).",
			Example: "ceilings: board: {board: \"turing-pi-2\", memory: \"32Gi\", requests: \"75%\"}",
		},
		{
			Code: "fit/ceiling-worst", Title: "a ceiling holds only if pods run where they are expected to",
			Plural:  "%d ceilings hold only if pods run where they are expected to",
			Text:    "Some pods can run on these nodes or on others, and kube-scheduler decides. If all of them ran on these nodes, their requests would exceed the ceiling.",
			Example: "place: labels: \"kubernetes.io/arch\": \"amd64\"    // keeps it off the board",
		},
	}
}
