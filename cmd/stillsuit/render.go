package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/tree"
)

type renderFlags struct {
	check        bool
	out          string
	discardEdits []string
	strict       bool
}

func newRender() *cobra.Command {
	var flags renderFlags
	cmd := &cobra.Command{
		Use:   "render [CLUSTER…]",
		Short: "Render the trees of clusters, or of all of them",
		Long: `Render evaluates clusters/<CLUSTER>, and writes what Flux reconciles to
flux-system/<CLUSTER>. Without CLUSTER it renders every cluster. Only files that
carry stillsuit's unbroken seal are replaced or removed; with findings nothing is
written.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return renderClusters(cmd.Context(), args, flags, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&flags.check, "check", false, "write nothing; say where the tree differs from what is rendered")
	cmd.Flags().StringVar(&flags.out, "out", "", "write below this `DIR` instead of the repository")
	cmd.Flags().StringSliceVar(&flags.discardEdits, "discard-edits", nil, "replace or remove the edited file, or those below the directory, at `PATH`")
	cmd.Flags().BoolVar(&flags.strict, "strict", false, "fail on warnings and notes too")
	return cmd
}

func renderClusters(ctx context.Context, names []string, flags renderFlags, out io.Writer) error {
	repo, err := generator.Open(".", nil)
	if err != nil {
		return err
	}
	defer repo.Close()
	if len(names) == 0 {
		if names, err = repo.Clusters(); err != nil {
			return err
		}
	}
	renderings, findings, err := renderAll(ctx, repo, names)
	if err != nil {
		return err
	}
	if err := report(out, findings, flags.strict); err != nil {
		return err
	}
	target := repo
	if flags.out != "" {
		if target, err = repo.At(flags.out); err != nil {
			return err
		}
		defer target.Close()
	}
	if flags.check {
		drift, err := generator.Verify(target, renderings)
		if err != nil {
			return err
		}
		return report(out, drift, flags.strict)
	}
	written, refused, err := generator.Write(target, renderings, &generator.WriteOptions{DiscardEdits: flags.discardEdits})
	if err != nil {
		return err
	}
	if err := report(out, refused, flags.strict); err != nil {
		return err
	}
	return summary(out, renderings, written)
}

// renderAll renders clusters side by side: each has a CUE context of its own.
func renderAll(ctx context.Context, repo *generator.Repo, names []string) ([]*generator.Rendering, []finding.Finding, error) {
	names = slices.Clone(names)
	slices.Sort(names)
	names = slices.Compact(names)
	type result struct {
		rendering *generator.Rendering
		findings  []finding.Finding
		err       error
	}
	results := make([]result, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			r := &results[i]
			var cluster *generator.Cluster
			if cluster, r.findings, r.err = generator.Load(ctx, repo, name); cluster == nil || r.err != nil {
				return
			}
			var more []finding.Finding
			r.rendering, more, r.err = generator.Render(cluster)
			r.findings = append(r.findings, more...)
		})
	}
	wg.Wait()
	var renderings []*generator.Rendering
	var findings []finding.Finding
	for _, r := range results {
		if r.err != nil {
			return nil, nil, r.err
		}
		findings = append(findings, r.findings...)
		renderings = append(renderings, r.rendering)
	}
	return renderings, finding.Sort(findings), nil
}

// report prints findings, and returns errFindings when they are more than notes.
func report(out io.Writer, findings []finding.Finding, strict bool) error {
	for _, f := range findings {
		if _, err := fmt.Fprintln(out, f); err != nil {
			return err
		}
	}
	worst, any := finding.Worst(findings)
	if any && (worst == finding.Error || strict) {
		return errFindings
	}
	return nil
}

func summary(out io.Writer, renderings []*generator.Rendering, written *tree.Report) error {
	var b strings.Builder
	for _, r := range renderings {
		fmt.Fprintf(&b, "%s: %d units, %d objects, %d files\n", r.Cluster, len(r.Units), len(r.Objects()), len(r.Tree.Files))
	}
	fmt.Fprintf(&b, "created %d, updated %d, removed %d, unchanged %d\n", len(written.Created), len(written.Updated), len(written.Removed), len(written.Unchanged))
	_, err := io.WriteString(out, b.String())
	return err
}
