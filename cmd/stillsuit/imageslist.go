package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/generator/lock"
)

func newImagesList(dir *string) *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "list [CLUSTER...]",
		Short: "List the images of clusters: who runs them where, and what is known",
		Long: `List shows the images that the clusters run, what images.lock.json knows of
them, and which nodes their pods can be scheduled on. Sizes are compressed, as they are
pulled. Images that are locked and that no cluster runs are listed too, unless
CLUSTER is given. Images of charts are not known.`,
		ValidArgsFunction: completeClusters(dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return list(cmd, *dir, args, form)
		},
	}
	cmd.Flags().StringVarP(&form, "output", "o", "text", "write the list as `FORM`: text or json")
	return cmd
}

func list(cmd *cobra.Command, dir string, clusters []string, form string) error {
	write, known := map[string]func(io.Writer, []string, *used, *lock.Lock) error{"text": listText, "json": listJSON}[form]
	if !known {
		return fmt.Errorf("--output is %q; it is text or json", form)
	}
	repo, err := openRepository(cmd.Context(), dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	found, findings, err := find(cmd.Context(), repo, clusters)
	if err != nil {
		return err
	}
	if findings != nil {
		return tell(cmd.OutOrStdout(), findings)
	}
	refs := locking.RefsOf(found.uses)
	if len(clusters) == 0 {
		refs = slices.Concat(refs, locking.Refs(repo.Lock()))
		slices.Sort(refs)
		refs = slices.Compact(refs)
	}
	return write(cmd.OutOrStdout(), refs, found, repo.Lock())
}

// listText writes the images as a table.
func listText(out io.Writer, refs []string, found *used, locked *lock.Lock) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "IMAGE\tPLATFORMS\tKNOWN FROM\tUSED BY\tNODES")
	for _, ref := range refs {
		uses := slices.DeleteFunc(slices.Clone(found.uses), func(u locking.Use) bool { return u.Ref != ref })
		image := locked.Images[ref]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", ref, platforms(image), provenance(image), users(uses), eligible(uses, found.nodes))
	}
	return w.Flush()
}

// platforms are those of an image, linux/ left out, with their sizes.
func platforms(i lock.Image) string {
	var out []string
	for _, p := range i.Platforms {
		text := strings.TrimPrefix(p, "linux/")
		if size, known := i.Size(p); known {
			text += " " + amount(size)
		}
		out = append(out, text)
	}
	return dash(strings.Join(out, ", "))
}

func provenance(i lock.Image) string {
	switch i.Provenance {
	case lock.Registry:
		return "registry " + i.Seen
	case lock.Declared:
		return "declared"
	}
	return "not locked"
}

// users are the objects that run an image, by cluster.
func users(uses []locking.Use) string {
	return byCluster(uses, func(u locking.Use) []string { return []string{u.By} }, func(_ string, names []string) string {
		return strings.Join(names, ", ")
	})
}

// eligible are the nodes that the pods can be scheduled on, by cluster.
func eligible(uses []locking.Use, nodes map[string]int) string {
	return byCluster(uses, func(u locking.Use) []string { return u.Nodes }, func(cluster string, names []string) string {
		if len(names) == nodes[cluster] && len(names) > 1 {
			return fmt.Sprintf("all %d", len(names))
		}
		return dash(strings.Join(names, ", "))
	})
}

// byCluster writes what uses have, sorted, behind the name of each cluster.
func byCluster(uses []locking.Use, of func(locking.Use) []string, write func(cluster string, names []string) string) string {
	var out []string
	uses = slices.Clone(uses)
	for len(uses) > 0 {
		cluster := uses[0].Cluster
		var names []string
		for _, u := range uses {
			if u.Cluster == cluster {
				names = append(names, of(u)...)
			}
		}
		slices.Sort(names)
		out = append(out, cluster+": "+write(cluster, slices.Compact(names)))
		uses = slices.DeleteFunc(uses, func(u locking.Use) bool { return u.Cluster == cluster })
	}
	return dash(strings.Join(out, "; "))
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
