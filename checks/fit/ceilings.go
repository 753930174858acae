package fit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
)

// ceilings hold the memory of groups of nodes against what is declared.
func (a *analysis) ceilings() {
	if a.subject.Cluster == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(a.subject.Cluster.Ceilings)) {
		a.ceiling(name, a.subject.Cluster.Ceilings[name])
	}
}

func (a *analysis) ceiling(name string, c model.Ceiling) {
	out := Ceiling{Name: name, Nodes: a.members(c), Memory: quantities.Of(&c.Memory)}
	at := inventory.Spot{Labels: []string{"ceilings", name}}
	if len(out.Nodes) == 0 {
		a.pass.Error(at, "fit/ceiling", fmt.Sprintf("ceiling %s is about no node", name), "a ceiling that holds nothing is always kept", "name nodes, or a board that some have")
		return
	}
	if out.Memory == 0 { // not said: what the nodes have
		for _, m := range a.all {
			if slices.Contains(out.Nodes, m.name) {
				out.Memory = quantities.Sum(out.Memory, quantities.Of(m.sees.Status.Capacity.Memory()))
			}
		}
	}
	requests, limits := percent(c.Requests, 100), percent(c.Limits, 0)
	if out.Memory < 0 || requests < 0 || limits < 0 {
		return // it was refused where it stands
	}
	out.MayRequest, out.MayLimit = part(out.Memory, requests), part(out.Memory, limits)
	empty := a.plan.sched.State()
	for _, i := range a.plan.lasting() {
		one := a.plan.pods[i]
		if slices.Contains(out.Nodes, a.state.Node(one.ready)) {
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
	a.report.Ceilings = append(a.report.Ceilings, out)
	who := finding.All(out.Nodes)
	if out.Requests > out.MayRequest {
		asked, allowed := amounts(out.Requests, out.MayRequest)
		a.pass.Error(join(at, "requests"), "fit/ceiling", fmt.Sprintf("the pods on %s ask for %s", who, asked),
			fmt.Sprintf("ceiling %s allows %s (%s of %s)", name, allowed, cmp.Or(c.Requests, "100%"), amount(out.Memory)), "lower requests, or take something away: "+a.largest(out.Nodes))
	} else if out.WorstRequests > out.MayRequest {
		a.pass.Note(join(at, "requests"), "fit/ceiling-worst", fmt.Sprintf("all pods that may land on %s ask for %s", who, amount(out.WorstRequests)),
			fmt.Sprintf("ceiling %s allows %s, and where they land is not told before", name, amount(out.MayRequest)), "say the place of some, if it must hold wherever they land")
	}
	if out.MayLimit == 0 {
		return
	}
	if out.Limits > out.MayLimit {
		taken, allowed := amounts(out.Limits, out.MayLimit)
		a.pass.Error(join(at, "limits"), "fit/ceiling", fmt.Sprintf("the pods on %s may take %s", who, taken),
			fmt.Sprintf("ceiling %s allows %s (%s of %s)", name, allowed, c.Limits, amount(out.Memory)), "lower limits: "+a.largest(out.Nodes))
	}
}

// members are the nodes of a ceiling that are not offline.
func (a *analysis) members(c model.Ceiling) []string {
	var out []string
	for _, m := range a.all {
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
func (a *analysis) largest(nodes []string) string {
	var pods []*pod
	for _, i := range a.plan.lasting() {
		if slices.Contains(nodes, a.state.Node(a.plan.pods[i].ready)) {
			pods = append(pods, a.plan.pods[i])
		}
	}
	slices.SortStableFunc(pods, func(a, b *pod) int { return cmp.Compare(b.requests>>10, a.requests>>10) })
	var out []string
	for _, one := range pods[:min(3, len(pods))] {
		out = append(out, fmt.Sprintf("%s asks for %s", one.name, amount(one.requests)))
	}
	return finding.All(out)
}

func join(at inventory.Spot, label string) inventory.Spot {
	at.Labels = append(slices.Clone(at.Labels), label)
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
