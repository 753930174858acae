package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/cmd/stillsuit/usage"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/quantities"
)

type fitFlags struct {
	checkFlags
	options fit.Options
	add     []string
	profile map[string]string
	impact  bool
}

func newFit(dir *string) *cobra.Command {
	var flags fitFlags
	cmd := &cobra.Command{
		Use:   "fit [CLUSTER...|DIR]",
		Short: "Show whether everything fits, where there is room, and what fails with each node",
		Long: `Fit places every pod of clusters/<CLUSTER>, or of the tree in DIR, as kube-scheduler
would: in the order in which Flux applies the units, and in random orders. It shows
whether everything fits, what the pods of each node request, how much room the next
pod has and where, and what you lose when a node or a board fails. What does not fit
is a finding.

Nothing is written. --without, --add and --node are what-ifs: they show the cluster
without a node, with another app or pod, or with another node. --suggest searches
for the smallest change that makes everything fit. --impact lists what depends on
each node, board and app.`,
		ValidArgsFunction: completeClusters(dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, *dir, args)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&flags.options.Without, "without", nil, "show the cluster without `NODE`")
	f.StringSliceVar(&flags.add, "add", nil, "add `APP` of the catalogue, or a pod: NAME=MEMORY")
	f.StringToStringVar(&flags.profile, "node", nil, "add a node: `NAME=PROFILE`, such as pi9=CM4_8GB")
	f.BoolVar(&flags.options.Suggest, "suggest", false, "search for the smallest change that makes everything fit")
	f.BoolVar(&flags.impact, "impact", false, "list what depends on each node, board and app")
	f.IntVar(&flags.options.Orders, "orders", 1000, "try `N` random orders of arrival")
	f.Uint64Var(&flags.options.Seed, "seed", 0, "the `NUMBER` that chooses the orders")
	f.StringVar(&flags.nodes, "nodes", "", "read the nodes for DIR from `CLUSTER` or a file")
	f.StringVar(&flags.suppress, "suppress", "", "read suppressions for DIR from `FILE`")
	f.BoolVar(&flags.strict, "strict", false, "fail on warnings and notes too")
	f.StringVarP(&flags.output, "output", "o", "", "write the report as `FORM`: text, terminal or json")
	return cmd
}

func (flags fitFlags) run(cmd *cobra.Command, dir string, names []string) error {
	out := cmd.OutOrStdout()
	write, err := fitWriter(formFor(flags.output, out))
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
	if without := (*usage.NoCUEError)(nil); errors.As(err, &without) {
		without.Command = cmd.Name()
	}
	if err != nil {
		return err
	}
	slices.SortFunc(reports, func(a, b *fit.Report) int { return strings.Compare(a.Cluster, b.Cluster) })
	page := &fitPage{reports: reports, found: found, form: outcome.Form{Impact: flags.impact}, whatIf: flags.isWhatIf(), tree: len(names) == 1 && isTree(dir, names[0])}
	if err := write(out, page); err != nil {
		return err
	}
	return verdictOn(found.findings, flags.strict)
}

// isWhatIf reports whether the cluster is not the one that is written down.
func (flags *fitFlags) isWhatIf() bool {
	return len(flags.options.Without)+len(flags.add)+len(flags.profile) > 0
}

// suppose reads the flags of what-ifs.
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
