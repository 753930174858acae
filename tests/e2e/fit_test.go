package e2e_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// subject is what is rendered of the cluster now, for checks. It has no quotas:
// what others may still start in a workspace is nothing that runs.
func (s *scenario) subject() *inventory.Subject {
	out := s.declared()
	out.Objects = slices.DeleteFunc(out.Objects, func(o *manifest.Object) bool { return o.Kind == "ResourceQuota" })
	return out
}

// foresee asks fit what becomes of the subject when the pods that run are where
// they are. An error among the findings is in the second answer.
func (s *scenario) foresee(subject *inventory.Subject, placed map[string]string) (*fit.Report, []finding.Finding) {
	s.Helper()
	var out *fit.Report
	check := fit.Checker(&fit.Options{Placed: placed, Report: func(r *fit.Report) { out = r }})
	findings, err := checks.Run(subject, []*checks.Checker{check}, nil)
	require.NoError(s, err)
	require.NotNil(s, out)
	return out, slices.DeleteFunc(findings, func(f finding.Finding) bool { return f.Severity != finding.Error })
}

// names are the pods that a report has on nodes, and those that it calls pending.
func names(r *fit.Report) (placed map[string]string, waiting map[string]map[string]string) {
	placed, waiting = map[string]string{}, map[string]map[string]string{}
	for _, n := range r.Nodes {
		for _, p := range n.Pods {
			placed[p] = n.Name
		}
	}
	for _, p := range r.Pending {
		waiting[p.Pod] = p.Nodes
	}
	return placed, waiting
}

// fits holds what fit says of the cluster against what the scheduler did with it:
// every pod that it places runs, and there are no others.
func (s *scenario) fits() {
	s.Helper()
	report, wrong := s.foresee(s.subject(), nil)
	require.Empty(s, wrong)
	require.Empty(s, report.Pending)
	placed, _ := names(report)
	now, report := s.now()
	again, _ := names(report)
	require.Equal(s, now, again, "its sums are of what runs, where it runs")
	same := 0
	for name, node := range placed {
		if now[name] == node {
			same++
		}
	}
	s.figures.add("pods that fit places and that run", "%d of %d; %d on the node that it chose", len(now), len(placed), same)
}

// now is where the pods of a cluster run in which all do, and what fit says of that.
func (s *scenario) now() (map[string]string, *fit.Report) {
	s.Helper()
	subject := s.subject()
	c := s.takeCensus(subject)
	report, _ := s.foresee(subject, nil)
	placed, _ := names(report)
	pods := s.count(c, slices.Collect(maps.Keys(placed)))
	require.Empty(s, waitingOf(pods))
	now := c.placed(pods)
	report, _ = s.foresee(subject, now)
	return now, report
}

// crowd is an app whose pods do not all find a node.
type crowd struct {
	Package, Image string
	Full           string // a node, and more memory than it has to spare
	Memory         string
	Tainted        string // a node with taints; "" for none
	Taints         []string
	Apart          int // pods on different nodes
}

// crowd is the app for a cluster that has so much to spare.
func (s *scenario) crowd(r *fit.Report) crowd {
	app := crowd{Package: s.cluster, Image: oldTag}
	var least int64
	for _, n := range r.Nodes {
		if n.Offline != "" {
			continue
		}
		app.Apart++
		if spare := n.Room() - n.Requests; app.Full == "" || spare < least {
			app.Full, least = n.Name, spare
		}
		if taints := s.loaded.Cluster.Nodes[n.Name].Taints; len(taints) > 0 {
			app.Tainted = n.Name
			app.Taints = append(app.Taints, slices.Sorted(maps.Keys(taints))...)
		}
	}
	app.Apart++ // one more than there are nodes
	app.Memory = fmt.Sprintf("%dMi", least>>20+1)
	return app
}

// crowded adds an app that does not fit, and checks that the pods that fit calls
// pending wait for the reasons that it gives. Then it takes the app away.
func (s *scenario) crowded() {
	s.Helper()
	now, before := s.now()
	s.fill("crowd.cue", s.crowd(before))
	s.render()
	subject := s.subject()
	c := s.takeCensus(subject)
	report, wrong := s.foresee(subject, now)
	require.NotEmpty(s, wrong)
	placed, waiting := names(report)
	require.NotEmpty(s, waiting)
	all := slices.Concat(slices.Collect(maps.Keys(placed)), slices.Collect(maps.Keys(waiting)))
	s.push()
	pods := s.count(c, all)
	var answers []string
	for _, p := range waitingOf(pods) {
		answers = append(answers, p.key+": "+p.why)
	}
	require.Equal(s, c.called(slices.Collect(maps.Keys(waiting))), keysOf(waitingOf(pods)), "the scheduler says %v", answers)
	for name, nodes := range waiting {
		for _, p := range waitingOf(pods) {
			if p.key == c.keys[name] {
				require.Equal(s, tally(slices.Collect(maps.Values(nodes))), reasonsOf(p.why), p.key)
			}
		}
	}
	s.figures.add("pods that fit calls pending and that are", "%d of %d, for its reasons", len(waitingOf(pods)), len(waiting))

	s.remove("crowd.cue")
	s.settled(s.change())
}

// tally counts the nodes of each reason. A node may have several.
func tally(of []string) map[string]int {
	out := map[string]int{}
	for _, reasons := range of {
		for reason := range strings.SplitSeq(reasons, ", ") {
			out[reason]++
		}
	}
	return out
}

// reasonsOf counts the nodes of each reason in kube-scheduler's words:
// 0/4 nodes are available: 1 Insufficient memory, 3 node(s) had untolerated taint(s). preemption: …
func reasonsOf(why string) map[string]int {
	out := map[string]int{}
	_, said, _ := strings.Cut(why, " nodes are available: ")
	said, _, _ = strings.Cut(said, ". ")
	for reason := range strings.SplitSeq(strings.TrimSuffix(said, "."), ", ") {
		number, words, _ := strings.Cut(reason, " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			n, words = 0, reason // no node's
		}
		out[words] += n
	}
	return out
}
