package fit

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
)

// WriteText writes the report for a person: the worst facts, a table of the nodes,
// ceilings, peaks, losses and single points of failure.
func (r *Report) WriteText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\n", r.Cluster)
	for _, fact := range r.Worst {
		fmt.Fprintf(w, "  - %s\n", fact)
	}
	fmt.Fprintf(w, "\nNODE\tARCH\tREQUESTS\t\tLIMITS\tCPU\tPODS\tFREE\n")
	for _, n := range r.Nodes {
		if n.Offline != "" {
			fmt.Fprintf(w, "%s\t%s\toffline: %s\n", n.Name, n.Arch, n.Offline)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s of %s\t%s\t%s\t%d\t%s\n", n.Name, n.Arch, bar(n.Requests, n.Room()), quantities.Bytes(n.Requests), quantities.Bytes(n.Room()),
			percentage(n.Limits, n.Room()), percentage(n.CPU, n.Cores), len(n.Pods), quantities.Bytes(n.Room()-n.Requests))
	}
	r.writePlaced(w)
	if len(r.Ceilings) > 0 {
		fmt.Fprintf(w, "\nCEILING\tNODES\tREQUESTS\t\tLIMITS\tAT WORST\n")
	}
	for _, c := range r.Ceilings {
		limits := quantities.Bytes(c.Limits)
		if c.AllowedLimits > 0 {
			limits += " of " + quantities.Bytes(c.AllowedLimits)
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s of %s\t%s\t%s\n", c.Name, len(c.Nodes), bar(c.Requests, c.AllowedRequests), quantities.Bytes(c.Requests), quantities.Bytes(c.AllowedRequests), limits, quantities.Bytes(c.WorstRequests))
	}
	r.writePeaks(w)
	for i, l := range r.Losses {
		if i == 0 {
			fmt.Fprintf(w, "\nWITHOUT\tMOVE\tDOWN\tPENDING\tALERTS\tWHAT IS GONE, AND WHO LOSES BY IT\n")
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\n", l.What, len(l.Moves), len(l.Down), len(l.Pending), l.Alerting, l.gone())
	}
	for i, weak := range r.SinglePoints {
		if i == 0 {
			fmt.Fprintf(w, "\nMOST HANGS ON\tAPPS\n")
		}
		fmt.Fprintf(w, "%s\t%d: %s\n", weak.What, len(weak.Affected), few(weak.Affected))
	}
	fmt.Fprintln(w)
	return w.Flush()
}

func (r *Report) writePlaced(w *tabwriter.Writer) {
	fmt.Fprintln(w)
	for _, n := range r.NotPlaced {
		fmt.Fprintf(w, "%s was not placed: %s.\n", n.Workload, n.Because)
	}
	for _, p := range r.Pending {
		fmt.Fprintf(w, "%s: %s\n", p.sentence(), grouped(p.Nodes))
	}
	if r.Sought && len(r.Suggestions) == 0 {
		fmt.Fprintf(w, "No change of up to %d workloads that was tried, and no node more, makes everything fit.\n", together)
	}
	for _, s := range r.Suggestions {
		text := "Everything fits with this: " + s.Change
		if len(r.NotPlaced) > 0 {
			text = "All that was placed fits with this: " + s.Change
		}
		if s.At != "" {
			text += " (" + s.At + ")"
		}
		if s.Unlucky > 0 {
			text += fmt.Sprintf("; in %d of %d orders another pod stays pending", s.Unlucky, r.Orders.Tried)
		}
		fmt.Fprintln(w, text)
	}
	switch {
	case r.Orders.Unlucky == 0 && len(r.NotPlaced) > 0:
		fmt.Fprintf(w, "In all of %d random orders of arrival every pod that was placed finds a node.\n", r.Orders.Tried)
	case r.Orders.Unlucky == 0:
		fmt.Fprintf(w, "In all of %d random orders of arrival every pod finds a node.\n", r.Orders.Tried)
	case r.Orders.Packing == packingExists:
		fmt.Fprintf(w, "In %d of %d random orders of arrival a pod stays pending; a placement of all of them exists.\n", r.Orders.Unlucky, r.Orders.Tried)
	case r.Orders.Packing == packingNone:
		fmt.Fprintf(w, "No placement of all pods exists: %s.\n", r.Orders.Because)
	default:
		fmt.Fprintf(w, "A pod stays pending in every order; whether any placement of all pods exists is not known: %s.\n", r.Orders.Because)
	}
}

func (r *Report) writePeaks(w *tabwriter.Writer) {
	p := r.Peaks
	if len(p.Units) > 0 || len(p.Waiting) > 0 || p.Pulls > 0 || p.Unknown > 0 {
		fmt.Fprintln(w)
	}
	if len(p.Units) > 0 {
		fmt.Fprintf(w, "At most %s are asked for, while %s roll (%d at a time) and all CronJobs run.\n", quantities.Bytes(p.Requests), finding.All(p.Units), p.Rolling)
	}
	if len(p.Waiting) > 0 {
		fmt.Fprintf(w, "When all CronJobs run, %s wait.\n", few(p.Waiting))
	}
	if p.Pulls > 0 || p.Unknown > 0 {
		text := "What nodes pull is not known"
		if p.Pulls > 0 {
			text = fmt.Sprintf("From nothing, %s pulls most: %.1f GB", p.PullsAt, float64(p.Pulls)/1e9)
		}
		if p.Unknown > 0 {
			text += fmt.Sprintf(" (%s without a size in images.lock.json)", finding.Count(p.Unknown, "image"))
		}
		fmt.Fprintln(w, text+".")
	}
}

// gone writes what is gone and who loses what.
func (l *Loss) gone() string {
	var out []string
	if len(l.Gone) > 0 {
		out = append(out, few(l.Gone))
	}
	by := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(l.Affected)) {
		what := few(l.Affected[name])
		by[what] = append(by[what], name)
	}
	for _, what := range slices.Sorted(maps.Keys(by)) {
		out = append(out, few(by[what])+" without "+what)
	}
	if len(l.Pending) > 0 {
		out = append(out, "no room for "+few(slices.Sorted(maps.Keys(l.Pending))))
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, "; ")
}

// wide is the number of characters of a bar.
const wide = 20

// bar draws a part of a whole: ########............
func bar(part, whole int64) string {
	if whole <= 0 {
		return ""
	}
	n := int(min(quantities.Part(part, wide, whole), wide))
	return strings.Repeat("#", n) + strings.Repeat(".", wide-n)
}

func percentage(part, whole int64) string {
	if whole <= 0 {
		return "-"
	}
	return fmt.Sprintf("%d%%", quantities.Part(part, 100, whole))
}
