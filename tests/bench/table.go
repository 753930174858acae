package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// gcPercent is what cmd/stillsuit sets.
const gcPercent = 400

// table is one way to run, at every size.
type table struct {
	title  string
	fresh  bool   // the tree is removed before each run
	gc     string // GOGC; "" as cmd/stillsuit sets it
	typing typing
	rows   []row
}

// row is all runs of one size.
type row struct {
	apps int
	runs []measurement
}

// spread is what a figure was over all runs.
type spread struct{ low, middle, high float64 }

func (r row) over(figure func(measurement) float64) spread {
	var all []float64
	for _, m := range r.runs {
		all = append(all, figure(m))
	}
	slices.Sort(all)
	return spread{all[0], (all[(len(all)-1)/2] + all[len(all)/2]) / 2, all[len(all)-1]}
}

func (r row) total() spread { return r.over(total) }

func total(m measurement) float64 {
	var all time.Duration
	for _, d := range m.CPU {
		all += d
	}
	return milliseconds(all)
}

// outside is the CPU time outside of CUE: neither reading and parsing it, nor
// evaluating it.
func outside(m measurement) float64 {
	return total(m) - milliseconds(m.CPU["load"]+m.CPU["evaluate"])
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func report(out io.Writer, runs int, tables []table) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s/%s, GOMAXPROCS %d; medians of %d runs, lowest–highest of the total; CPU time in ms, all threads\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), runs)
	for _, t := range tables {
		fmt.Fprintf(&b, "\n%s\n\n", t.title)
		t.print(&b)
	}
	goals(&b, tables[0].rows)
	_, err := io.WriteString(out, b.String())
	return err
}

func (t table) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', tabwriter.AlignRight|tabwriter.Debug)
	line := func(cells ...any) {
		for _, c := range cells {
			fmt.Fprintf(w, "\t%v", c)
		}
		fmt.Fprintln(w, "\t")
	}
	heads := []any{"apps", "objects", "files"}
	for _, s := range stages {
		heads = append(heads, s)
	}
	line(append(heads, "total", "lowest–highest", "ms an app", "of it GC", "outside CUE", "peak MB")...)
	rule := make([]any, len(heads)+6)
	for i := range rule {
		rule[i] = "---:"
	}
	line(rule...)
	for _, r := range t.rows {
		cells := []any{r.apps, r.runs[0].Objects, r.runs[0].Files}
		for _, s := range stages {
			cells = append(cells, figure(r.over(func(m measurement) float64 { return milliseconds(m.CPU[s]) }).middle))
		}
		all := r.total()
		share := r.over(func(m measurement) float64 { return 100 * outside(m) / total(m) }).middle
		peak := r.over(func(m measurement) float64 { return float64(m.Peak) / 1e6 }).middle
		line(append(cells, figure(all.middle), figure(all.low)+"–"+figure(all.high),
			fmt.Sprintf("%.2f", all.middle/float64(r.apps)), figure(r.over(func(m measurement) float64 { return milliseconds(m.Garbage) }).middle), fmt.Sprintf("%.0f %%", share), figure(peak))...)
	}
	_ = w.Flush() // into memory
}

func figure(v float64) string {
	if v < 10 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// goals says whether what issue and documentation promise holds in these runs.
func goals(out io.Writer, rows []row) {
	says := func(what string, value, limit float64, unit string) {
		verdict := "holds"
		if value > limit {
			verdict = "does not hold"
		}
		fmt.Fprintf(out, "%s: %.2f%s, at most %.4g%s: %s\n", what, value, unit, limit, unit, verdict)
	}
	fmt.Fprintln(out)
	for _, small := range rows {
		for _, large := range rows {
			if large.apps == 2*small.apps {
				says(fmt.Sprintf("%d apps over %d", large.apps, small.apps), large.total().middle/small.total().middle, 2.2, " times")
			}
		}
	}
	if len(rows) > 0 {
		r := rows[len(rows)-1]
		says("outside CUE, of the total", r.over(func(m measurement) float64 { return 100 * outside(m) / total(m) }).middle, 25, " %")
		says("an app", r.total().middle/float64(r.apps), 3, " ms")
	}
}
