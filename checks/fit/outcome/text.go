package outcome

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
)

// Form is how a report is written.
type Form struct {
	ASCII  bool // bars are ASCII, for terminals without UTF-8
	Impact bool // rankings follow: what depends on each node, board and app
}

// WriteText writes the report for a person: whether everything fits, tables of nodes,
// ceilings and losses, and where the next pod has room. No line is wrapped or cut.
func (r *Report) WriteText(out io.Writer, form Form) error {
	var b strings.Builder
	b.WriteString(r.verdict() + "\n")
	r.writeCauses(&b)
	if r.Without != nil {
		b.WriteString(r.moved())
	}
	b.WriteString("\n" + r.nodes(form).String())
	if len(r.Ceilings) > 0 {
		b.WriteString("\n" + r.ceilings().String())
	}
	b.WriteString("\n" + r.room() + r.order())
	if r.Sought {
		b.WriteString(r.suggestions())
	}
	if len(r.Losses) > 0 && (r.Without == nil || form.Impact) {
		b.WriteString("\n" + r.losses(form).String())
	}
	if form.Impact {
		r.writeImpact(&b)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(out, b.String())
	return err
}

// Fits reports whether all pods run, wherever the order of Flux leads to, and no ceiling is
// exceeded. It is not known where workloads were left out, and no pod is known not to fit.
func (r *Report) Fits() (fits, known bool) {
	for _, p := range r.Pending {
		if !p.Quota {
			return false, true
		}
	}
	for _, n := range r.Nodes {
		if n.Offline == "" && n.Requests > n.Room() {
			return false, true
		}
	}
	for _, c := range r.Ceilings {
		if c.Requests > c.AllowedRequests || c.AllowedLimits > 0 && c.Limits > c.AllowedLimits {
			return false, true
		}
	}
	if slices.ContainsFunc(r.NotPlaced, func(n NotPlaced) bool { return n.TooMany }) {
		return false, true
	}
	return true, len(r.NotPlaced) == 0
}

// verdict is the first line.
func (r *Report) verdict() string {
	name := r.Cluster
	if name == "." {
		name = here
	}
	without := ""
	if r.Without != nil {
		without = " without " + finding.All(r.Without.Nodes)
	}
	out := ""
	switch fits, known := r.Fits(); {
	case !fits:
		out = capital(name) + " does not fit" + without + "."
	case !known:
		out = fmt.Sprintf("It is not known whether %s fits%s: %s.", name, without, left(r.NotPlaced))
	case r.Orders.Unlucky > 0:
		out = capital(name) + " fits" + without + ", but not in every order."
	default:
		out = capital(name) + " fits" + without + "."
	}
	var room int64
	for _, n := range r.Nodes {
		if n.Offline == "" {
			room = quantities.Sum(room, n.Room())
		}
	}
	if room > 0 {
		out += fmt.Sprintf(" Peak %s of %s.", quantities.Bytes(r.Peaks.Requests), quantities.Bytes(room))
	}
	if fullest := r.fullest(); fullest != nil {
		out += fmt.Sprintf(" %s: %s of %s requested.", finding.Capital(fullest.title()), quantities.Bytes(fullest.Requests), quantities.Bytes(fullest.AllowedRequests))
	}
	return out
}

// capital begins the sentence about a directory; names of clusters stay as they are.
func capital(name string) string {
	if name == here {
		return finding.Capital(name)
	}
	return name
}

// here is what a tree without a name is called.
const here = "this directory"

// left says which workloads were left out.
func left(all []NotPlaced) string {
	if len(all) == 1 {
		return all[0].Workload + " was not placed"
	}
	return finding.Count(len(all), "workload") + " were not placed"
}

// fullest is the ceiling of which the largest part is requested, nil without any.
func (r *Report) fullest() *Ceiling {
	var out *Ceiling
	for i := range r.Ceilings {
		c := &r.Ceilings[i]
		if out == nil || quantities.Part(c.Requests, 1000, c.AllowedRequests) > quantities.Part(out.Requests, 1000, out.AllowedRequests) {
			out = c
		}
	}
	return out
}

// title is what a ceiling is called by.
func (c *Ceiling) title() string {
	if c.Board == c.Name {
		return "board " + c.Name
	}
	return "ceiling " + c.Name
}

// nodes is what each node has, and what is requested there.
func (r *Report) nodes(form Form) *table {
	t := tableOf("NODE", "ARCH", "MEMORY REQUESTED", "", ">CPU", ">LIMITS", ">PODS", ">FREE", "")
	marks := slices.ContainsFunc(r.Nodes, Node.Overcommitted)
	for _, n := range r.Nodes {
		if n.Offline != "" {
			continue
		}
		limits := percentage(n.Limits, n.Room())
		if marks {
			limits = marked(limits, n.Overcommitted())
		}
		requested := over(n.Requests, n.Room())
		if n.Requests > n.Room() {
			requested += " !"
		}
		taints := ""
		if len(n.Taints) > 0 {
			taints = finding.Named("taint", n.Taints)
		}
		t.add(n.Name, n.Arch, bar(n.Requests, n.Room(), form.ASCII), requested,
			percentage(n.CPU, n.Cores), limits, fmt.Sprint(len(n.Pods)), atMost(max(n.Room()-n.Requests, 0)), taints)
	}
	for _, n := range r.Nodes {
		if n.Offline != "" {
			t.add(n.Name, n.Arch, n.Offline)
		}
	}
	return t
}

// Overcommitted reports whether the limits of a node's pods are more than twice what there is.
func (n Node) Overcommitted() bool { return n.Offline == "" && n.Limits/2 > n.Room() }

// near is from which percentage of its limits on a ceiling is marked.
const near = 95

func (r *Report) ceilings() *table {
	t := tableOf("CEILING", "REQUESTED", "", "LIMITS", "")
	for _, c := range r.Ceilings {
		limits, part := quantities.Bytes(c.Limits), ""
		if c.AllowedLimits > 0 {
			limits, part = over(c.Limits, c.AllowedLimits), percentage(c.Limits, c.AllowedLimits)
			if quantities.Part(c.Limits, 100, c.AllowedLimits) >= near {
				part += " !"
			}
		}
		requested := percentage(c.Requests, c.AllowedRequests)
		if c.Requests > c.AllowedRequests {
			requested += " !"
		}
		t.add(fmt.Sprintf("%s, %s", c.Name, finding.Count(len(c.Nodes), "node")), over(c.Requests, c.AllowedRequests), requested, limits, part)
	}
	return t
}

// order says whether it matters in which order pods come.
func (r *Report) order() string {
	o := r.Orders
	switch {
	case len(r.Causes) > 0 && !slices.ContainsFunc(r.Causes, func(c Cause) bool { return !c.Never }):
		return "" // the pods find no node in any order
	case o.Unlucky == 0 && len(r.Pending) == 0 && len(r.NotPlaced) > 0:
		return fmt.Sprintf("Order does not matter: every pod that was placed found a node in %d of %d orders.\n", o.Tried, o.Tried)
	case o.Unlucky == 0 && len(r.Pending) == 0:
		return fmt.Sprintf("Order does not matter: every pod found a node in %d of %d orders.\n", o.Tried, o.Tried)
	case o.Packing == PackingExists:
		return fmt.Sprintf("Order matters: in %d of %d orders a pod found no node%s. Another placement has room for all.\n", o.Unlucky, o.Tried, r.unlucky())
	case o.Packing == PackingNone:
		return fmt.Sprintf("No placement has room for all pods: %s.\n", o.Because)
	}
	return fmt.Sprintf("A pod found no node in any of %d orders. It is not known whether another placement has room for all pods: %s.\n", o.Tried, o.Because)
}

// unlucky names the pods that find no node in some orders.
func (r *Report) unlucky() string {
	var out []string
	for name, times := range r.Orders.Pods {
		out = append(out, fmt.Sprintf("%s in %d", name, times))
	}
	if len(out) == 0 {
		return ""
	}
	slices.Sort(out)
	return " (" + Few(out) + ")"
}

func (r *Report) suggestions() string {
	if len(r.Suggestions) == 0 {
		return "Nothing that was tried makes everything fit: no change of up to 4 workloads, and no further node.\n"
	}
	out := ""
	for _, s := range r.Suggestions {
		text := "Everything fits with this change: "
		if len(r.NotPlaced) > 0 {
			text = "Everything that was placed fits with this change: "
		}
		text += s.Change
		if s.At != "" {
			text += " (" + s.At + ")"
		}
		if s.Unlucky > 0 {
			text += fmt.Sprintf("; in %d of %d orders another pod finds no node", s.Unlucky, r.Orders.Tried)
		}
		out += text + ".\n"
	}
	return out
}
