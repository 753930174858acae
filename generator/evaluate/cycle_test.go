package evaluate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// cyclic returns the files of a repository with a cycle of n steps of one of
// several kinds, and of the package to load.
func cyclic(kind string, n int, rng *rand.Rand) map[string]string {
	var b strings.Builder
	order := rng.Perm(n)
	ring := func(format string) {
		for _, i := range order {
			fmt.Fprintf(&b, format+"\n", i, (i+1)%n)
		}
	}
	files := map[string]string{}
	switch kind {
	case "references":
		ring("apps: a%d: namespace: apps.a%d.namespace")
	case "sums":
		ring("_s%d: _s%d + 1")
		b.WriteString("apps: a: user: _s0\n")
	case "texts":
		ring("_t%d: \"x\\(_t%d)\"")
		b.WriteString("apps: a: namespace: _t0\n")
	case "structures":
		ring("_n%d: {next: _n%d}")
		b.WriteString("apps: a: objects: x: _n0\n")
	case "definitions":
		ring("#D%d: {next: #D%d}")
		b.WriteString("apps: a: objects: x: #D0\n")
	case "lists":
		ring("_l%d: [_l%d]")
		b.WriteString("apps: a: objects: x: y: _l0\n")
	case "nested":
		ring("apps: a%d: objects: o: {inner: deep: apps.a%d.objects.o}")
	case "conditions":
		ring("apps: a%d: {if apps.a%d.user > 1 {user: 1}}")
	case "files":
		for _, i := range order {
			files[fmt.Sprintf("clusters/turingpi/f%d.cue", i)] = fmt.Sprintf("package turingpi\n\napps: a%d: namespace: apps.a%d.namespace\n", i, (i+1)%n)
		}
	case "imports":
		for _, i := range order {
			files[fmt.Sprintf("lib/p%d/p.cue", i)] = fmt.Sprintf("package p%d\n\nimport \"stillsuit.dev/lib/p%d\"\n\nx: p%d.x\n", i, (i+1)%n, (i+1)%n)
		}
		files["clusters/turingpi/apps.cue"] = "package turingpi\n\nimport \"stillsuit.dev/lib/p0\"\n\ncluster: name: p0.x\n"
		return files
	}
	files["clusters/turingpi/apps.cue"] = header + b.String()
	return files
}

// TestBrokenCycle is the mutant of TestCycles: with one reference of a cycle
// replaced by a value there is nothing to find.
func TestBrokenCycle(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for kind, broken := range map[string][2]string{
		"references": {"apps: a0: namespace: apps.a1.namespace", "apps: a0: namespace: \"x\""},
		"sums":       {"_s0: _s1 + 1", "_s0: 1"},
		"structures": {"_n0: {next: _n1}", "_n0: {}"},
	} {
		files := cyclic(kind, 5, rng)
		files["clusters/turingpi/apps.cue"] = strings.Replace(files["clusters/turingpi/apps.cue"], broken[0], broken[1], 1)
		r, _ := repository(t, files)
		_, fs, err := r.Cluster(t.Context(), "turingpi")
		require.NoError(t, err)
		require.Empty(t, text(fs), kind)
	}
}

// TestCycles loads 200 cyclic inputs. Each load ends and refuses its input, and the
// finding lists the way round. It takes milliseconds; the limit is for one that goes
// round and round, on a machine with much other work.
func TestCycles(t *testing.T) {
	kinds := []string{"references", "sums", "texts", "structures", "definitions", "lists", "nested", "conditions", "files", "imports"}
	rng := rand.New(rand.NewPCG(4, 4))
	for i := range 200 {
		kind, n := kinds[i%len(kinds)], 1+i/len(kinds)
		name := fmt.Sprintf("%s of %d", kind, n)
		r, _ := repository(t, cyclic(kind, n, rng))
		said := make(chan string, 1)
		go func() {
			_, fs, err := r.Cluster(t.Context(), "turingpi")
			said <- fmt.Sprint(text(fs), err)
		}()
		select {
		case got := <-said:
			require.Contains(t, got, " → ", name)
			require.Regexp(t, `\[cue/(import-)?cycle\]`, got, name)
		case <-time.After(time.Minute):
			t.Fatalf("%s: no answer within a minute", name)
		}
	}
}
