package evaluate

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// slow takes about a second of CPU time.
const slow = `package slow

import (
	"list"
	"stillsuit.dev/schemas/v1alpha1"
)

cluster: v1alpha1.#Cluster & {name: "slow", nodes: node1: v1alpha1.#CM4_8GB}
_few: [1, 2, 3]
apps: first: user: 1
apps: slow: user: len([for i in list.Range(0, 300, 1) for j in list.Range(0, 100, 1) {i+j}])
apps: last: user: 3
`

// within opens the repository of files again within a budget.
func within(t *testing.T, budget Budget, files map[string]string) *Repo {
	t.Helper()
	_, dir := repository(t, files)
	return open(t, dir, Options{Budget: budget})
}

func slowFiles() map[string]string {
	return map[string]string{
		"clusters/slow/a.cue":     slow,
		"clusters/turingpi/a.cue": header + "apps: a: user: 1\n",
	}
}

func TestBudget(t *testing.T) {
	files := slowFiles()

	r := within(t, Budget{CPU: 150 * time.Millisecond}, files)
	c, fs, err := r.Cluster(t.Context(), "slow")
	require.NoError(t, err)
	require.Nil(t, c)
	require.Equal(t, "clusters/slow/a.cue: error: evaluating cluster slow takes more than 150ms of CPU time or 4Gi of memory. Look for a loop, a list, a text or alternatives that multiply; if all of it is meant, allow more with --cue-timeout 300ms --cue-memory 8Gi. [cue/budget]\n", text(fs))
	require.Equal(t, []Runaway{{Cluster: "slow", Loaded: true, Place: fs[0].Place}}, r.Runaways())

	// Mutant: without the budget the same cluster is evaluated to its end.
	r = within(t, Budget{}, files)
	c, fs, err = r.Cluster(t.Context(), "slow")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.Equal(t, []string{"first", "last", "slow"}, c.Entries("apps").Names)
	require.Empty(t, r.Runaways())
}

// TestBudgetOfMemory lets nothing more be allocated: whoever wants to know is told.
func TestBudgetOfMemory(t *testing.T) {
	files := slowFiles()
	var told []Runaway
	budget := Budget{Memory: 1 << 40, Early: 1, Exhausted: func(at Runaway) { told = append(told, at) }}
	r := within(t, budget, files)
	r.base = 0
	c, fs, err := r.Cluster(t.Context(), "slow")
	require.NoError(t, err)
	require.Nil(t, c)
	require.Contains(t, text(fs), "evaluating cluster slow takes more than 1m0s of CPU time or 1Ti of memory")
	require.Equal(t, r.Runaways(), told)
}

// TestBlame finds the declaration that takes long, or says that it does not know.
func TestBlame(t *testing.T) {
	files := slowFiles()
	for entry, extra := range map[string]string{
		"apps.slow of ":    "",
		"_slow of ":        "_early: _slow\n_slow: len([for i in list.Range(0, 300, 1) for j in list.Range(0, 100, 1) {i+j}])\n",
		"_loop and _r of ": "_aside: 1\n_loop: len([for i in list.Range(0, 200, 1) for j in _r {i+j}])\n_r: list.Range(0, 100, 1)\n_z: 2\n", // _r alone takes no time
		"":                 "-",
	} {
		t.Run(entry, func(t *testing.T) {
			_, dir := repository(t, files)
			rehearsed := 0
			budget := Budget{CPU: 150 * time.Millisecond, Known: []Runaway{{Cluster: "slow", Loaded: true}}}
			budget.Rehearse = func(ctx context.Context, cluster string, parts Parts, cpu time.Duration) *Runaway {
				rehearsed++
				require.LessOrEqual(t, cpu, budget.CPU)
				if extra == "-" { // it only takes long as a whole
					if len(parts) == 2 && parts[1][0] > parts[0][1] {
						return nil
					}
				}
				part := open(t, dir, Options{Budget: Budget{CPU: cpu}})
				part.Rehearse(ctx, cluster, parts)
				for _, at := range part.Runaways() {
					return &at
				}
				return nil
			}
			all := map[string]string{}
			for name, body := range files {
				all[name] = body
			}
			all["clusters/slow/b.cue"] = "package slow\n\nimport \"list\"\n\n_b: list.Range(0, 1, 1)\n" + strings.Trim(extra, "-")
			_, dir = repository(t, all)
			_, fs, err := open(t, dir, Options{Budget: budget}).Cluster(t.Context(), "slow")
			require.NoError(t, err)
			require.Contains(t, text(fs), "evaluating "+entry+"cluster slow takes more than 150ms")
			require.Less(t, rehearsed, 14)
		})
	}
}

// TestCareful rehearses every cluster, and otherwise those that multiply; one that does not
// come to an end is not evaluated here.
func TestCareful(t *testing.T) {
	files := slowFiles()
	files["clusters/slow/a.cue"] = strings.Replace(header, "package turingpi", "package slow", 1) + "apps: slow: user: 2 * 3\n"
	for _, careful := range []bool{false, true} {
		var asked []string
		died := func(_ context.Context, cluster string, parts Parts, _ time.Duration) *Runaway {
			asked = append(asked, fmt.Sprint(cluster, parts == nil))
			return &Runaway{}
		}
		r := within(t, Budget{Rehearse: died, Careful: careful}, files)
		_, fs, err := r.Cluster(t.Context(), "slow")
		require.NoError(t, err)
		require.Contains(t, text(fs), "cue/budget")
		require.Equal(t, "slowtrue", asked[0])
		require.Empty(t, r.Runaways())

		asked = nil
		c, fs, err := r.Cluster(t.Context(), "turingpi")
		require.NoError(t, err)
		require.Equal(t, careful, asked != nil)
		require.Equal(t, careful, c == nil, text(fs))
	}
}

// TestLargeJSON refuses a cluster whose values nothing should be made of.
func TestLargeJSON(t *testing.T) {
	r, _ := repository(t, map[string]string{"clusters/turingpi/a.cue": `package turingpi

import "list"

cluster: name: "x"
_text: "x" * 1000000
apps: a: containers: main: args: [for i in list.Range(0, 30, 1) {_text}]
apps: b: containers: main: args: [for i in list.Range(0, 40, 1) {_text}]
`})
	_, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Equal(t, "clusters/turingpi/a.cue:8:7: error: with apps.b the values of cluster turingpi are more than 64Mi of JSON. Look for a loop, a list or a text that multiplies, and keep large data out of CUE. [cue/budget]\n", text(fs))
}

// TestInterrupted stops waiting for an evaluation.
func TestInterrupted(t *testing.T) {
	r, _ := repository(t, map[string]string{"clusters/turingpi/a.cue": header + "apps: a: user: 1\n"})
	ctx, cancel := context.WithCancel(t.Context())
	w := &watch{repo: r, cluster: "turingpi"}
	stop := make(chan struct{})
	defer close(stop)
	cancel()
	require.ErrorIs(t, w.do(ctx, nil, r.firstFile("turingpi"), func() { <-stop }), context.Canceled)
	require.ErrorIs(t, w.do(t.Context(), nil, r.firstFile("turingpi"), func() { t.Error("it is not touched again") }), errGone)
}
