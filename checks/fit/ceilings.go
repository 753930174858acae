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

// ceilings hold the memory of groups of nodes against what is declared.
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
			pass.Error(ceilingSpot(name), "fit/ceiling", fmt.Sprintf("ceiling %s is about no node", name), "a ceiling that holds nothing is always kept", "name nodes, or a board that some have")
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
	out = Ceiling{Name: name, Nodes: members(n.machines, c), Memory: quantities.Of(&c.Memory)}
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
	if out.Requests > out.AllowedRequests {
		asked, allowed := quantities.BytesApart(out.Requests, out.AllowedRequests)
		pass.Error(join(at, "requests"), "fit/ceiling", fmt.Sprintf("the pods on %s ask for %s", who, asked),
			fmt.Sprintf("ceiling %s allows %s (%s of %s)", name, allowed, cmp.Or(c.Requests, "100%"), quantities.Bytes(out.Memory)), "lower requests, or take something away: "+n.largest(out.Nodes))
	} else if out.WorstRequests > out.AllowedRequests {
		pass.Note(join(at, "requests"), "fit/ceiling-worst", fmt.Sprintf("all pods that may land on %s ask for %s", who, quantities.Bytes(out.WorstRequests)),
			fmt.Sprintf("ceiling %s allows %s, and where they land is not told before", name, quantities.Bytes(out.AllowedRequests)), "say the place of some, if it must hold wherever they land")
	}
	if out.AllowedLimits == 0 {
		return
	}
	if out.Limits > out.AllowedLimits {
		taken, allowed := quantities.BytesApart(out.Limits, out.AllowedLimits)
		pass.Error(join(at, "limits"), "fit/ceiling", fmt.Sprintf("the pods on %s may take %s", who, taken),
			fmt.Sprintf("ceiling %s allows %s (%s of %s)", name, allowed, c.Limits, quantities.Bytes(out.Memory)), "lower limits: "+n.largest(out.Nodes))
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

// largest names the pods on the nodes that ask for most.
func (n *nominal) largest(nodes []string) string {
	var pods []*pod
	for _, i := range n.lasting() {
		if slices.Contains(nodes, n.node(i)) {
			pods = append(pods, n.pods[i])
		}
	}
	slices.SortStableFunc(pods, func(a, b *pod) int { return cmp.Compare(b.requests>>10, a.requests>>10) })
	var out []string
	for _, one := range pods[:min(3, len(pods))] {
		out = append(out, fmt.Sprintf("%s asks for %s", one.name, quantities.Bytes(one.requests)))
	}
	return finding.All(out)
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
			Code: "fit/ceiling", Title: "a group of nodes is asked for more than its ceiling",
			Text:    "A ceiling (cluster.ceilings) is the memory that a group of nodes has together, such as the modules of one board, with the shares of it that requests and limits may take. The sums are those of the placement in the order of Flux. Pods without a memory limit are missing in the sum of limits (fit/unlimited).",
			Example: "ceilings: board: {board: \"turing-pi-2\", memory: \"32Gi\", requests: \"75%\"}",
		},
		{
			Code: "fit/ceiling-worst", Title: "the ceiling is kept only where pods land as planned",
			Text:    "Pods that may run on these nodes or on others land where kube-scheduler finds most room. If all of them came to these nodes, the ceiling would not be kept.",
			Example: "place: labels: \"kubernetes.io/arch\": \"amd64\"    // keeps it off the board",
		},
	}
}
