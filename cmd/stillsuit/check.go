package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/access"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/checks/backup"
	"stillsuit.dev/checks/catalogue"
	"stillsuit.dev/checks/exposure"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/checks/network"
	"stillsuit.dev/checks/policies"
	"stillsuit.dev/checks/runtime"
	"stillsuit.dev/checks/secrets"
	"stillsuit.dev/cmd/stillsuit/coverage"
	"stillsuit.dev/cmd/stillsuit/usage"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/fix"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/report"
	"stillsuit.dev/sources/flux"
)

type checkFlags struct {
	only, skip []string
	strict     bool
	fix        bool
	all        bool
	output     string
	nodes      string
	kubernetes string
	suppress   string
	base       string
	policies   []string
	params     []string
	crds       []string
	library    []*admission.Policy
	checkers   []*checks.Checker
	repository *generator.Options
}

func newCheck(dir *string) *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check [CLUSTER...|DIR]",
		Short: "Check clusters or a directory of Kubernetes YAML",
		Long: `Check renders clusters/<CLUSTER> in memory and checks the objects: whether the API
server accepts them, whether each image runs on every node that its pods can be
scheduled on, whether all pods fit, and what else keeps them from working. Without
CLUSTER it checks every cluster. It writes nothing and does not read the rendered
tree. After an error of the rendering the objects are incomplete and are not checked,
except that an amount which cannot be counted leaves out only its own pods.

With DIR, it checks the Kustomize tree or plain YAML in that directory, built as Flux
builds it, and everything that the Flux Kustomizations in it apply from the same
repository. It fetches nothing and runs nothing. --nodes takes the nodes of a cluster
of this repository, or a file with the output of ` + "`kubectl get nodes -o yaml`" + `.
--suppress names a YAML file of accepted findings by name, with the fields of
cluster.suppress except app, and policy for admission/denied. --policies checks the
tree against policies of the library: sets or single ones. --param sets what only a
cluster's CUE defines; policies that need it are otherwise skipped, and a note names
them.

Custom resources are checked by the CustomResourceDefinitions among the objects. --crds
names a file or a directory with others, such as those that charts install: YAML or
JSON, as ` + "`kubectl get crds -o json`" + ` writes them.

--kubernetes checks against another version than cluster.kubernetes.version: it shows
what an upgrade removes before you upgrade. For DIR the version is otherwise that of
the nodes, or an assumed one.

--fix makes the edits that findings carry, in CUE and YAML files that are not output,
linked or encrypted, and says so on standard error. It then checks again, and reports
what is left.

--base compares with DIR, a checkout of the branch that this one is merged into and
that the cluster runs. Everything that loosens a check is a warning, and a change that
Kubernetes refuses is an error. It does not run git.

On a terminal each finding is a block with your source line. Many findings of one code
are one block, and notes are only counted; --all lists everything.`,
		ValidArgsFunction: completeClusters(dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := admission.Load(library.FS)
			if err != nil {
				return err
			}
			if err := readVersion(&flags.kubernetes); err != nil {
				return err
			}
			if flags.library = given; cmd.Flags().Changed("policies") && len(flags.policies) == 0 {
				return errors.New("--policies names nothing; `stillsuit policy list` shows sets and policies")
			}
			asked, err := flags.asks()
			if err != nil {
				return err
			}
			definitions, err := readDefinitions(*dir, flags.crds)
			if err != nil {
				return err
			}
			flags.checkers = checkers(given, asked, &apiserver.Options{Definitions: definitions})
			return flags.run(cmd, *dir, args)
		},
	}
	flags.define(cmd)
	return cmd
}

// define gives check its flags.
func (f *checkFlags) define(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.nodes, "nodes", "", "nodes for DIR: a `CLUSTER`, or a file")
	cmd.Flags().StringVar(&f.kubernetes, "kubernetes", "", "check against another `VERSION` of Kubernetes, such as 1.36")
	cmd.Flags().StringVar(&f.suppress, "suppress", "", "accepted findings about DIR, in `FILE`")
	cmd.Flags().StringVar(&f.base, "base", "", "report what this branch loosens, and changes that the cluster refuses, compared with the repository in `DIR`")
	cmd.Flags().StringSliceVar(&f.policies, "policies", nil, "check DIR against the library's policies of `SET`, or one by its name")
	cmd.Flags().StringArrayVar(&f.params, "param", nil, "set a parameter of the policies: `NAME=VALUE,…`")
	cmd.Flags().StringArrayVar(&f.crds, "crds", nil, "CustomResourceDefinitions in `DIR` or a file, besides those among the objects")
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "report only findings of `CODE`")
	cmd.Flags().StringSliceVar(&f.skip, "skip", nil, "do not report findings of `CODE`")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "fail on warnings and notes too")
	cmd.Flags().BoolVar(&f.fix, "fix", false, "change CUE and YAML files where the fix of a finding is an edit, then report what is left")
	cmd.Flags().BoolVar(&f.all, "all", false, "list every finding on a terminal, notes too")
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "write findings as `FORM`: "+finding.All(report.Forms()))
	forms := cobra.FixedCompletions(report.Forms(), cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc("output", forms); err != nil {
		panic(err) // the flag is defined above
	}
	if err := cmd.RegisterFlagCompletionFunc("policies", completeSets); err != nil {
		panic(err) // the flag is defined above
	}
	for _, name := range []string{"only", "skip"} {
		if err := cmd.RegisterFlagCompletionFunc(name, completeCodes); err != nil {
			panic(err) // the flag is defined above
		}
	}
}

// checkers are all checks, with the policies that clusters may choose, those that are asked
// anyway, and what is known of the API server.
func checkers(given []*admission.Policy, asked *policies.Options, server *apiserver.Options) []*checks.Checker {
	return []*checks.Checker{apiserver.Checker(server), images.Checker(), fit.Checker(nil), runtime.Checker(), policies.Checker(given, asked), exposure.Checker(), network.Checker(), backup.Checker(), secrets.Checker(), catalogue.Checker()}
}

func (flags checkFlags) run(cmd *cobra.Command, dir string, names []string) error {
	flags.output = formFor(flags.output, cmd.OutOrStdout())
	write, err := report.In(flags.output)
	if err != nil {
		return err
	}
	options, err := flags.options()
	if err != nil {
		return err
	}
	found, err := flags.find(cmd.Context(), dir, names, options)
	if err != nil {
		return err
	}
	var fixes *fix.Session
	if flags.fix {
		if found, fixes, err = flags.mend(cmd, dir, names, found, options); err != nil {
			return err
		}
	}
	r := flags.report(found, options)
	r.Screen = screenOf(cmd.OutOrStdout())
	if err := write(cmd.OutOrStdout(), r); err != nil {
		return err
	}
	if fixes != nil {
		if err := fixes.Say(fixes.Summary(len(found.findings))); err != nil {
			return err
		}
	}
	return verdictOn(found.findings, flags.strict)
}

// mend makes the edits of findings and checks again, until there are none to make.
func (flags checkFlags) mend(cmd *cobra.Command, dir string, names []string, found checked, options *checks.Options) (checked, *fix.Session, error) {
	at, err := repositoryOf(cmd.Context(), dir, names)
	if err != nil {
		return found, nil, err
	}
	s := fixing(at, cmd.ErrOrStderr())
	return found, s, s.Run(found.findings, func() ([]finding.Finding, error) {
		var err error
		found, err = flags.find(cmd.Context(), dir, names, options)
		return found.findings, err
	})
}

// repositoryOf is the directory that the places of findings about a tree, or about the
// clusters of the repository that dir is in, are relative to.
func repositoryOf(ctx context.Context, dir string, names []string) (string, error) {
	if len(names) == 1 && isTree(dir, names[0]) {
		root, _, err := rootOf(dir, names[0])
		if err != nil {
			return "", err
		}
		return root.Name(), root.Close()
	}
	repo, err := openRepository(ctx, dir)
	if err != nil {
		return "", err
	}
	return repo.Dir(), repo.Close()
}

// checked is what came of a check.
type checked struct {
	findings []finding.Finding // sorted
	// short says that some of the input was too wrong to be checked.
	short bool
	// covered is how much was checked.
	covered coverage.Coverage
	// source returns a file that a finding is in.
	source func(file string) []byte
}

// report is what there is to tell, to those too who want to know what passed.
func (flags checkFlags) report(found checked, options *checks.Options) *report.Report {
	all := codes()
	r := &report.Report{
		Findings: found.findings, Codes: all, Strict: flags.strict, All: flags.all, Asked: options.Only,
		Source: found.source, Coverage: found.covered.Lines(), Next: coverage.Next(found.findings),
	}
	for _, c := range all {
		checks := slices.ContainsFunc(flags.checkers, func(by *checks.Checker) bool { return by.Reports(c.Code) })
		checks = checks || flags.base != "" && slices.ContainsFunc(baselineCodes(), func(of finding.CodeDoc) bool { return of.Code == c.Code })
		switch {
		case !checks || !options.Wants(c.Code):
		case found.short:
			r.Unchecked = append(r.Unchecked, c.Code)
		default:
			r.Checked = append(r.Checked, c.Code)
		}
	}
	return r
}

// find checks the named clusters, or the one directory that is named.
func (flags checkFlags) find(ctx context.Context, dir string, names []string, options *checks.Options) (checked, error) {
	if len(names) == 1 && isTree(dir, names[0]) {
		if flags.base != "" {
			return checked{}, errors.New("--base is for clusters, not for a directory")
		}
		flags.checkers = append(flags.checkers, access.Checker())
		return flags.trees(ctx, dir, names[0], options)
	}
	if clusters, err := clustersIn(dir); err == nil {
		for _, name := range names {
			if err := usage.Unreadable(from(dir, name), name, clusters); err != nil {
				return checked{}, err
			}
		}
	}
	return flags.clusters(ctx, dir, names, options)
}

// clusters checks clusters of the repository that dir is in.
func (flags checkFlags) clusters(ctx context.Context, dir string, names []string, options *checks.Options) (checked, error) {
	switch {
	case flags.nodes != "":
		return checked{}, errors.New("--nodes is for a directory: a cluster declares its nodes")
	case len(flags.policies) > 0:
		return checked{}, errors.New("--policies is for a directory: a cluster has cluster.policies")
	case flags.suppress != "":
		return checked{}, errors.New("--suppress is for a directory: a cluster has cluster.suppress")
	}
	with := generator.Options{}
	if flags.repository != nil {
		with = *flags.repository
	}
	with.Kubernetes = flags.kubernetes
	repo, err := openSupposing(ctx, dir, &with)
	if err != nil {
		return checked{}, err
	}
	defer repo.Close()
	var compare *baseline
	if flags.base != "" {
		if compare, err = openBaseline(ctx, dir, flags.base, flags.library); err != nil {
			return checked{}, err
		}
		defer compare.close()
	}
	found, err := checkAll(ctx, repo, names, flags.checkers, flags.repository != nil && len(flags.repository.Suppose.Entries) > 0, compare, options)
	if err == nil && compare != nil {
		found.findings, err = compare.add(found.findings, repo, names, options)
	}
	if err != nil {
		return found, err
	}
	state, err := repo.CheckState()
	if err != nil {
		state = append(state, crash.Failed("of .stillsuit", err, finding.Place{File: ".stillsuit"}))
	}
	found.findings = finding.Sort(wanted(slices.Concat(found.findings, state), options))
	found.source = sourcesOf(found.findings, repo.Source)
	return found, nil
}

// isTree reports whether an argument is a directory and no cluster.
func isTree(dir, arg string) bool { return isDirectory(dir, arg) && !isCluster(dir, arg) }

// isDirectory reports whether there is a directory of that name, relative to dir.
func isDirectory(dir, name string) bool {
	info, err := os.Stat(from(dir, name))
	return err == nil && info.IsDir()
}

// isCluster reports whether dir is in a repository with a cluster of that name.
func isCluster(dir, name string) bool {
	clusters, err := clustersIn(dir)
	return err == nil && slices.Contains(clusters, name)
}

// clustersIn are the clusters of the repository that dir is in; none outside of one.
func clustersIn(dir string) ([]string, error) {
	repo, err := openRepository(context.Background(), dir)
	if without := (*usage.NoCUEError)(nil); errors.As(err, &without) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	return repo.Clusters()
}

// options are those of the run, on the day that the clock says. Codes that are none, or
// that nothing hides, are wrong use.
func (flags checkFlags) options() (*checks.Options, error) {
	all := codes()
	o := &checks.Options{Today: time.Now().Format(time.DateOnly), Known: reportedByChecks()}
	for _, code := range flags.only {
		doc, err := finding.Lookup(all, finding.Code(code))
		if err != nil {
			return nil, fmt.Errorf("--only: %w", err)
		}
		o.Only = append(o.Only, doc.Code)
	}
	for _, code := range flags.skip {
		doc, err := finding.Lookup(all, finding.Code(code))
		if err != nil {
			return nil, fmt.Errorf("--skip: %w", err)
		}
		if doc.Hiding == finding.ByNothing {
			return nil, fmt.Errorf("--skip %s: nothing hides that; a run without it would look like one that checked everything", code)
		}
		o.Skip = append(o.Skip, doc.Code)
	}
	return o, nil
}

// reportedByChecks documents what a check may report, of clusters and of directories.
func reportedByChecks() []finding.CodeDoc {
	all := slices.Concat(generator.Codes(), flux.Codes(), baselineCodes())
	for _, c := range checkers(nil, nil, nil) {
		all = append(all, c.Codes...)
	}
	return all
}
