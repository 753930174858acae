// Command peers compares what the generator does with what other libraries take
// for the same objects: the encoder of sigs.k8s.io/yaml, and a build by
// kustomize. It is a program of its own because kustomize's library takes time
// and memory as soon as it is linked in.
//
//	go run ./tests/bench/peers REPOSITORY CLUSTER RUNS
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/tests/bench/usage"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 3 {
		return fmt.Errorf("got %d arguments, want REPOSITORY CLUSTER RUNS", len(args))
	}
	runs, err := strconv.Atoi(args[2])
	if err != nil || runs < 1 {
		return fmt.Errorf("%q is no number of runs", args[2])
	}
	repo, err := generator.Open(args[0], nil)
	if err != nil {
		return err
	}
	defer repo.Close()
	cluster, findings, err := generator.Load(ctx, repo, args[1])
	if err != nil {
		return err
	}
	if cluster == nil {
		return fmt.Errorf("load cluster %s: %s", args[1], findings[0])
	}
	rendering, _, err := generator.Render(cluster) // what is wrong was told when it was measured
	if err != nil {
		return err
	}
	objects := slices.DeleteFunc(rendering.Objects(), func(o *manifest.Object) bool { return o.Value == nil })
	if err := encoders(objects, runs, out); err != nil {
		return err
	}
	for _, n := range []int{500, 1000} {
		if len(objects) < n {
			continue
		}
		if err := kustomize(objects[:n], runs, out); err != nil {
			return err
		}
	}
	return nil
}

// encoders compares manifest.Marshal with sigs.k8s.io/yaml.
func encoders(objects []*manifest.Object, runs int, out io.Writer) error {
	ours, err := median(runs, func() error { return encode(objects, manifest.Marshal) })
	if err != nil {
		return err
	}
	theirs, err := median(runs, func() error { return encode(objects, yaml.Marshal) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\n%d objects as YAML: generator/manifest %.1f ms, sigs.k8s.io/yaml %.0f ms: %.1f times\n",
		len(objects), milliseconds(ours), milliseconds(theirs), float64(theirs)/float64(ours))
	return err
}

func encode(objects []*manifest.Object, marshal func(any) ([]byte, error)) error {
	for _, o := range objects {
		if _, err := marshal(o.Value); err != nil {
			return fmt.Errorf("encode %s: %w", o.ID, err)
		}
	}
	return nil
}

// kustomize compares one kustomization of all objects, built by kustomize, with
// writing the same objects here.
func kustomize(objects []*manifest.Object, runs int, out io.Writer) error {
	fsys := filesys.MakeFsInMemory()
	var root strings.Builder
	root.WriteString("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n")
	for i, o := range objects {
		b, err := o.YAML()
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%d.yaml", i)
		if err := fsys.WriteFile(path.Join("/tree", name), b); err != nil {
			return err
		}
		root.WriteString("- " + name + "\n")
	}
	if err := fsys.WriteFile("/tree/kustomization.yaml", []byte(root.String())); err != nil {
		return err
	}
	ours, err := median(runs, func() error { return encode(objects, manifest.Marshal) })
	if err != nil {
		return err
	}
	theirs, err := median(runs, func() error {
		built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, "/tree")
		if err != nil {
			return err
		}
		_, err = built.AsYaml()
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d objects in one kustomization: kustomize builds it in %.0f ms, generator/manifest writes them in %.1f ms\n",
		len(objects), milliseconds(theirs), milliseconds(ours))
	return err
}

// median is the CPU time of do, of several runs after one that does not count.
func median(runs int, do func() error) (time.Duration, error) {
	var all []time.Duration
	for i := range runs + 1 {
		runtime.GC() // what others left is not of this run
		before, err := usage.CPU()
		if err != nil {
			return 0, err
		}
		if err := do(); err != nil {
			return 0, err
		}
		after, err := usage.CPU()
		if err != nil {
			return 0, err
		}
		if i > 0 {
			all = append(all, after-before)
		}
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
