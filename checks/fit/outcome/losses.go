package outcome

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
)

// writeCauses says which pods do not run, a paragraph for each cause.
func (r *Report) writeCauses(b *strings.Builder) {
	for _, n := range r.NotPlaced {
		fmt.Fprintf(b, "\n%s was not placed: %s.\n", n.Workload, n.Because)
	}
	for _, c := range r.Causes {
		does := "finds no node now"
		switch n := len(c.Pods); {
		case c.Never:
			does = "cannot start"
		case n > 1:
			does = "find no node now"
		}
		fmt.Fprintf(b, "\n%s %s: %s.\n", finding.Count(len(c.Pods), "pod"), does, c.Because)
		b.WriteString(column(short(c.Pods)))
	}
	for _, c := range r.Ceilings {
		if c.Requests > c.AllowedRequests {
			fmt.Fprintf(b, "\nPods under %s request %s of %s.\n", c.title(), quantities.Bytes(c.Requests), quantities.Bytes(c.AllowedRequests))
		}
		if c.AllowedLimits > 0 && c.Limits > c.AllowedLimits {
			fmt.Fprintf(b, "\nPods under %s can use %s of %s.\n", c.title(), quantities.Bytes(c.Limits), quantities.Bytes(c.AllowedLimits))
		}
	}
	for _, n := range r.Nodes {
		if n.Offline == "" && n.Requests > n.Room() {
			fmt.Fprintf(b, "\nPods on %s request %s of %s.\n", n.Name, quantities.Bytes(n.Requests), quantities.Bytes(n.Room()))
		}
	}
}

// short leaves out the kinds of objects, where the names differ without them: vikunja for
// Deployment vikunja, and loki for the component loki of loki.
func short(names []string) []string {
	out, seen := []string{}, map[string]bool{}
	for _, name := range names {
		kind, rest, both := strings.Cut(name, " ")
		if both && (kind == rest || strings.ToLower(kind) != kind) {
			name = rest
		}
		if seen[name] {
			return names
		}
		seen[name] = true
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// columns is how long a line of names is at most, and named how many names there are.
const (
	columns = 105
	named   = 50
)

// column writes names below each other, as many on a line as it holds.
func column(names []string) string {
	if len(names) > named+1 {
		names = append(slices.Clone(names[:named]), fmt.Sprintf("and %d more", len(names)-named))
	}
	var b strings.Builder
	line := "  "
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		if len(line)+1+len(name) > columns && line != "  " {
			b.WriteString(line + "\n")
			line = "  "
		}
		line += " " + name
	}
	return b.String() + line + "\n"
}

// moved says where the pods of nodes that were taken away run instead.
func (r *Report) moved() string {
	w := r.Without
	out := "\n"
	if len(w.Moves) == 0 {
		out += "No pod moves."
	} else {
		on := map[string]int{}
		for _, node := range w.Moves {
			on[node]++
		}
		var to []string
		for _, node := range slices.Sorted(maps.Keys(on)) {
			to = append(to, fmt.Sprintf("%d to %s", on[node], node))
		}
		does := "move"
		if len(w.Moves) == 1 {
			does = "moves"
		}
		out += fmt.Sprintf("%s %s: %s.", finding.Count(len(w.Moves), "pod"), does, strings.Join(to, ", "))
	}
	if !slices.ContainsFunc(r.Causes, func(c Cause) bool { return !c.Never }) {
		out += " No other pod is short of memory."
	}
	if n := len(w.Empty); n > 0 {
		verb := "start"
		if n == 1 {
			verb = "starts"
		}
		out += fmt.Sprintf("\n%s of them %s without data, which stays on %s: %s.", count(n), verb, finding.All(w.Nodes), Few(short(w.Empty)))
	}
	return out + "\n"
}

func count(n int) string {
	if n == 1 {
		return "One"
	}
	return fmt.Sprint(n)
}

// many is from how many apps on a cell does not name them.
const many = 10

// losses is what happens when a node, or a board with its nodes, fails.
func (r *Report) losses(form Form) *table {
	t := tableOf("IF IT FAILS", ">MOVE", ">DOWN", ">NO ROOM", "ALERTS", "YOU LOSE")
	for _, l := range r.Losses {
		alerts := string(l.Alerting)
		if l.Alerting == AlertingNo {
			alerts = "NO"
		}
		t.add(l.Name(), fmt.Sprint(len(l.Moves)), fmt.Sprint(len(l.Down)), fmt.Sprint(len(l.Pending)), alerts, l.lost(form))
	}
	return t
}

// Name is that of the node or board.
func (l *Loss) Name() string {
	_, name, _ := strings.Cut(l.What, " ")
	return name
}

// lost writes the apps that are down, and those that lack one of them.
func (l *Loss) lost(form Form) string {
	all := len(l.Gone) + len(l.Affected)
	if len(l.Gone) >= many {
		if form.Impact {
			return fmt.Sprintf("%d apps, listed below", all)
		}
		return fmt.Sprintf("%d apps (--impact lists them)", all)
	}
	out := some(l.Gone, inCell)
	if strings.Contains(out, " and ") && len(l.Gone) <= inCell+1 {
		out = strings.Join(l.Gone, ", ")
	}
	if len(l.Gone) > 0 && len(l.Causes) == 1 && strings.HasPrefix(l.Causes[0].Because, data) {
		out += ": " + l.Causes[0].Because
	}
	if len(l.Degraded) > 0 {
		if out != "" {
			out += "; "
		}
		out += "degrades " + some(l.Degraded, inCell)
	}
	if len(l.Pending) > 0 {
		if out != "" {
			out += "; "
		}
		out += "no room for " + some(slices.Sorted(maps.Keys(l.Pending)), inCell)
	}
	if out == "" {
		return "nothing"
	}
	return out
}

// data is how a cause begins that pods are down for because their data is on what is gone.
const data = "data on "

// writeImpact ranks what depends on each node, board and app, and says when most is requested.
func (r *Report) writeImpact(b *strings.Builder) {
	if len(r.SinglePoints) > 0 {
		t := tableOf("SINGLE POINT OF FAILURE", ">APPS", "DEPEND ON IT")
		for _, p := range r.SinglePoints {
			t.add(p.What, fmt.Sprint(len(p.Affected)), strings.Join(p.Affected, ", "))
		}
		b.WriteString("\n" + t.String())
	}
	p := r.Peaks
	var out []string
	if len(p.Units) > 0 {
		out = append(out, fmt.Sprintf("%s is requested at the peak, while %s and all CronJobs run.", quantities.Bytes(p.Requests), rolling(p)))
	}
	if len(p.Waiting) > 0 {
		out = append(out, fmt.Sprintf("When all CronJobs run at the same time, there is no room for %s.", Few(p.Waiting)))
	}
	if p.Pulls > 0 {
		out = append(out, fmt.Sprintf("A node that starts without images pulls at most %.1f GB (%s).", float64(p.Pulls)/1e9, p.PullsAt))
	}
	if len(out) > 0 {
		b.WriteString("\n" + strings.Join(out, "\n") + "\n")
	}
}

func rolling(p Peaks) string {
	if len(p.Units) == 1 {
		return p.Units[0] + " rolls out"
	}
	return fmt.Sprintf("%s roll out (%d at a time)", finding.All(p.Units), p.Rolling)
}

// Placed is how many pods were placed, and All how many there are.
func (r *Report) Placed() (placed, all int) {
	for _, n := range r.Nodes {
		placed += len(n.Pods)
	}
	all = placed
	for _, p := range r.Pending {
		all += 1 + p.More
	}
	for _, n := range r.NotPlaced {
		all += n.Pods
	}
	return placed, all
}
