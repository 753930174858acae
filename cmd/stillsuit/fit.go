package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/report"
)

type fitFlags struct {
	checkFlags
	options fit.Options
	add     []string
	profile map[string]string
}

func newFit(dir *string) *cobra.Command {
	var flags fitFlags
	cmd := &cobra.Command{
		Use:   "fit [CLUSTER...|DIR]",
		Short: "Show whether everything runs, where, and when a node is lost",
		Long: `Fit places every pod that clusters/<CLUSTER> renders to, or that the tree in DIR
holds, as kube-scheduler would: in the order in which Flux applies the units, and
in random orders besides. It shows what each node is asked for, the ceilings, what
is taken while units roll, and for each node and board which pods move, which
cannot, and who loses what when it is gone. What does not fit is a finding.

Nothing is written. --without, --add and --node tell what would be if; --suggest
looks for the smallest change that makes everything fit.`,
		ValidArgsFunction: completeClusters(dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, *dir, args)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&flags.options.Without, "without", nil, "take `NODE` away")
	f.StringSliceVar(&flags.add, "add", nil, "add `APP` of the catalogue, or a pod: NAME=MEMORY")
	f.StringToStringVar(&flags.profile, "node", nil, "add a node: `NAME=PROFILE`, such as pi9=CM4_8GB")
	f.BoolVar(&flags.options.Suggest, "suggest", false, "look for the smallest change that makes everything fit")
	f.IntVar(&flags.options.Orders, "orders", 1000, "try `N` random orders of arrival")
	f.Uint64Var(&flags.options.Seed, "seed", 0, "the `NUMBER` that chooses the orders")
	f.StringVar(&flags.nodes, "nodes", "", "take the nodes for DIR from `CLUSTER` or a file")
	f.StringVar(&flags.suppress, "suppress", "", "read the findings about DIR that are accepted from `FILE`")
	f.BoolVar(&flags.strict, "strict", false, "fail on warnings and notes too")
	f.StringVarP(&flags.output, "output", "o", "text", "write the report as `FORM`: text or json")
	return cmd
}

func (flags fitFlags) run(cmd *cobra.Command, dir string, names []string) error {
	write, err := fitWriter(flags.output)
	if err != nil {
		return err
	}
	if flags.options.Orders < 1 {
		return fmt.Errorf("--orders is %d; it is a number from 1", flags.options.Orders)
	}
	if err := flags.suppose(); err != nil {
		return err
	}
	options, err := flags.checkFlags.options()
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var reports []*fit.Report
	flags.options.Report = func(r *fit.Report) {
		mu.Lock()
		defer mu.Unlock()
		reports = append(reports, r)
	}
	flags.checkers = []*checks.Checker{fit.Checker(&flags.options)}
	found, err := flags.find(cmd.Context(), dir, names, options)
	if err != nil {
		return err
	}
	slices.SortFunc(reports, func(a, b *fit.Report) int { return strings.Compare(a.Cluster, b.Cluster) })
	if err := write(cmd.OutOrStdout(), reports, found.findings); err != nil {
		return err
	}
	return verdictOn(found.findings, flags.strict)
}

// suppose reads what would be if.
func (flags *fitFlags) suppose() error {
	suppose := generator.Supposition{Nodes: flags.profile}
	for _, add := range flags.add {
		name, memory, amount := strings.Cut(add, "=")
		if !amount {
			suppose.Entries = append(suppose.Entries, name)
			continue
		}
		if name == "" {
			return fmt.Errorf("--add is %q, and its pod has no name; write NAME=MEMORY, such as web=64Mi", add)
		}
		if why, mend := quantities.Wrong("memory", memory); why != "" {
			return fmt.Errorf("--add is %q, and its memory %s; %s", add, why, mend)
		}
		q, err := resource.ParseQuantity(memory)
		if err != nil || q.Sign() <= 0 {
			return fmt.Errorf("--add is %q; memory is written like 512Mi", add)
		}
		if flags.options.Extra == nil {
			flags.options.Extra = map[string]resource.Quantity{}
		}
		flags.options.Extra[name] = q
	}
	flags.repository = &generator.Options{Suppose: suppose}
	return nil
}

// jsonFit is what schemas/fit.schema.json describes.
type jsonFit struct {
	Version  int              `json:"version"`
	Clusters []*fit.Report    `json:"clusters"`
	Findings []report.Finding `json:"findings"`
}

func fitWriter(form string) (func(io.Writer, []*fit.Report, []finding.Finding) error, error) {
	switch form {
	case "text":
		return func(out io.Writer, reports []*fit.Report, findings []finding.Finding) error {
			var b strings.Builder
			for _, r := range reports {
				if err := r.WriteText(&b); err != nil {
					return err
				}
			}
			if _, err := io.WriteString(out, report.Lines(b.String())); err != nil {
				return err
			}
			if isTerminal(out) {
				return report.Terminal(out, &report.Report{Findings: findings, All: true, Screen: screenOf(out)})
			}
			return report.Text(out, &report.Report{Findings: findings})
		}, nil
	case "json":
		return func(out io.Writer, reports []*fit.Report, findings []finding.Finding) error {
			return report.Encode(out, jsonFit{Version: 2, Clusters: slices.Concat([]*fit.Report{}, reports), Findings: report.Findings(findings)})
		}, nil
	}
	return nil, fmt.Errorf("--output is %q; it is text or json", form)
}
