package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/cmd/stillsuit/usage"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/sources/registry"
)

func newImages(dir *string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "images",
		Short: "Keep images.lock.json, and compare it with the registries",
		Long: `Images keeps images.lock.json: for each image its digest and the platforms that
it is built for. Lock and verify are the only commands that reach the network.`,
	}
	cmd.AddCommand(newImagesLock(dir), newImagesList(dir), newImagesVerify(dir), newImagesDiff(dir))
	return usage.Group(cmd, nil)
}

// selection says which images a command is about, and who may be asked.
type selection struct {
	clusters     []string
	tree         string
	allowPrivate []string
	deadline     time.Duration
}

func (s *selection) flags(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringSliceVar(&s.clusters, "cluster", nil, "only the images of `CLUSTER`")
	cmd.Flags().StringVar(&s.tree, "tree", "", "only the images of the Kubernetes YAML in `DIR`, and the lock of its repository")
	cmd.MarkFlagsMutuallyExclusive("cluster", "tree")
	cmd.Flags().StringSliceVar(&s.allowPrivate, "allow-private", nil,
		"ask the registry at `HOST[:PORT]` although its address is not public; http://HOST goes without TLS")
	cmd.Flags().DurationVar(&s.deadline, "deadline", registry.Deadline, "give up on an image whose registry has not answered after `TIME`")
	if err := cmd.RegisterFlagCompletionFunc("cluster", completeClusters(dir)); err != nil {
		panic(err) // the flag is defined above
	}
}

// used is what the clusters run.
type used struct {
	uses []locking.Use
	// private are the registries of cluster.registries that are named with a port:
	// those are one's own.
	private []string
	nodes   map[string]int // how many, by cluster
}

// find renders the clusters in memory. Findings that are errors mean that images
// may be missing: there is nothing else then.
func find(ctx context.Context, repo *generator.Repo, names []string) (*used, []finding.Finding, error) {
	results, err := eachCluster(ctx, repo, names, nil)
	if err != nil {
		return nil, nil, err
	}
	if findings := failing(findingsOf(results)); findings != nil {
		return nil, findings, nil
	}
	found := &used{nodes: map[string]int{}}
	for _, r := range results {
		if r.rendering == nil {
			continue
		}
		uses, err := locking.Uses(r.subject)
		if err != nil {
			return nil, nil, err
		}
		found.uses = append(found.uses, uses...)
		found.nodes[r.rendering.Cluster] = len(r.cluster.Cluster.Nodes)
		for _, registry := range r.cluster.Cluster.Registries {
			host, _, _ := strings.Cut(registry, "/")
			if _, _, err := net.SplitHostPort(host); err == nil {
				found.private = append(found.private, host)
			}
		}
	}
	return found, nil, nil
}

// failing are those of sorted findings that are errors.
func failing(findings []finding.Finding) []finding.Finding {
	var out []finding.Finding
	for _, f := range findings {
		if f.Severity == finding.Error {
			out = append(out, f)
		}
	}
	return out
}

// open opens the repository whose lock the command is about.
func (s *selection) open(ctx context.Context, dir string) (lockfile, error) {
	if s.tree != "" {
		return openTree(dir, s.tree)
	}
	return openRepository(ctx, dir)
}

// prepare finds what the clusters or the tree run, unless references are given, and
// makes the client that asks for it. Findings are printed, and are errFindings.
func (s *selection) prepare(cmd *cobra.Command, in lockfile, given bool) (*used, *registry.Client, error) {
	if s.deadline <= 0 {
		return nil, nil, fmt.Errorf("--deadline is %s; it is a time like 90s", s.deadline)
	}
	found := &used{}
	if !given {
		var findings []finding.Finding
		var err error
		switch in := in.(type) {
		case *generator.Repo:
			found, findings, err = find(cmd.Context(), in, s.clusters)
		case *treeLock:
			found, findings, err = in.find()
		}
		if err != nil {
			return nil, nil, err
		} else if findings != nil {
			return nil, nil, tell(cmd.OutOrStdout(), findings)
		}
	}
	client, err := registry.New(&registry.Options{Private: slices.Concat(found.private, s.allowPrivate), Deadline: s.deadline})
	return found, client, err
}

// references are those that were given on the command line, spelt out.
func references(args []string) ([]string, error) {
	var refs []string
	for _, ref := range args {
		r, err := image.ParseFull(ref)
		if err != nil || r.Digest != "" {
			return nil, fmt.Errorf("%q is no full image reference; write it like docker.io/library/redis:8.10.1", ref)
		}
		refs = append(refs, r.Tagged())
	}
	return refs, nil
}
