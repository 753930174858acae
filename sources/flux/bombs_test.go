package flux

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"stillsuit.dev/finding"
)

// bomb makes YAML of a few bytes or megabytes that costs much to read.
type bomb struct {
	name string
	make func(r *rand.Rand) string
}

const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"

func bombs() []bomb {
	laughs := func(levels, width int, open, end string) string {
		var b strings.Builder
		b.WriteString(head + "data:\n  a0: &a0 " + open + strings.TrimSuffix(strings.Repeat("x, ", width), ", ") + end + "\n")
		for i := 1; i < levels; i++ {
			fmt.Fprintf(&b, "  a%d: &a%[1]d [%s]\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), width), ", "))
		}
		return b.String()
	}
	return []bomb{
		{"aliases of aliases", func(r *rand.Rand) string { return laughs(6+r.IntN(10), 8+r.IntN(20), "[", "]") }},
		{"merged mappings", func(r *rand.Rand) string {
			var b strings.Builder
			b.WriteString(head + "data:\n  m0: &m0 {k: v}\n")
			for i := 1; i < 20+r.IntN(10); i++ {
				fmt.Fprintf(&b, "  m%d: &m%[1]d {a: *m%d, b: *m%[2]d, c: {<<: *m%[2]d}}\n", i, i-1)
			}
			return b.String()
		}},
		{"a value that holds itself", func(*rand.Rand) string { return head + "data: &a\n  b: [*a, *a]\n" }},
		{"lists in lists", func(r *rand.Rand) string {
			n := 101 + r.IntN(5_000)
			return head + "data: " + strings.Repeat("[", n) + strings.Repeat("]", n) + "\n"
		}},
		{"lists that never end", func(r *rand.Rand) string { return head + "data: " + strings.Repeat("[", 500+r.IntN(100_000)) }},
		{"mappings in mappings", func(r *rand.Rand) string {
			n := 101 + r.IntN(5_000)
			return head + "data: " + strings.Repeat("{a: ", n) + "1" + strings.Repeat("}", n) + "\n"
		}},
		{"blocks in blocks", func(r *rand.Rand) string {
			var b strings.Builder
			b.WriteString(head + "data:\n")
			for i := range 101 + r.IntN(400) {
				b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
			}
			return b.String()
		}},
		{"dashes in dashes", func(r *rand.Rand) string { return head + "data:\n  " + strings.Repeat("- ", 101+r.IntN(9_000)) + "x\n" }},
		{"a huge text", func(r *rand.Rand) string {
			return head + "data: {a: \"" + strings.Repeat("x", maxFile+r.IntN(1<<20)) + "\"}\n"
		}},
		{"many documents", func(r *rand.Rand) string {
			return strings.Repeat(head+"---\n", maxDocuments+1+r.IntN(1_000))
		}},
		{"many empty documents", func(r *rand.Rand) string { return strings.Repeat("---\n", maxNodes+1+r.IntN(100_000)) }},
		{"many values", func(r *rand.Rand) string {
			return head + "data: [" + strings.Repeat("1,", maxNodes+r.IntN(200_000)) + "]\n"
		}},
		{"many keys", func(r *rand.Rand) string {
			var b strings.Builder
			b.WriteString(head + "data:\n")
			for i := range maxNodes/2 + r.IntN(100_000) {
				fmt.Fprintf(&b, "  k%x: 1\n", i)
			}
			return b.String()
		}},
		{"a long text that aliases repeat", func(r *rand.Rand) string {
			n := 60_000 + r.IntN(60_000)
			return head + "data:\n  a: &a \"" + strings.Repeat("x", 1<<10) + "\"\n  b: [" + strings.TrimSuffix(strings.Repeat("*a,", n), ",") + "]\n"
		}},
		{"a list of lists that aliases repeat", func(r *rand.Rand) string {
			wide := 1_000 + r.IntN(1_000)
			return laughs(3, wide, "[", "]")
		}},
		{"a list of objects", func(r *rand.Rand) string {
			return "apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: ConfigMap, metadata: {name: x}}\n" + strings.Repeat("- *a\n", maxValues/5+r.IntN(1_000))
		}},
	}
}

// cost is what reading a bomb took.
type cost struct {
	bytes, allocations uint64        // in all, so more than were there at a time
	time               time.Duration // on the clock
}

// detonate reads 1 000 bombs, as plain YAML and by a kustomization in turn.
func detonate(t testing.TB, each func(b bomb, findings []finding.Finding, c cost)) {
	t.Helper()
	all, random := bombs(), rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.yaml"), nil, 0o644))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	for i := range 1_000 {
		b := all[i%len(all)]
		require.NoError(t, os.WriteFile(filepath.Join(dir, "b.yaml"), []byte(b.make(random)), 0o644))
		if built := filepath.Join(dir, "kustomization.yaml"); i/len(all)%2 == 0 {
			require.NoError(t, os.WriteFile(built, []byte("resources: [b.yaml]\n"), 0o644))
		} else {
			require.NoError(t, os.RemoveAll(built))
		}
		var findings []finding.Finding
		c := measured(func() { _, findings, err = Read(root, ".", nil) })
		require.NoError(t, err)
		each(b, findings, c)
	}
}

// measured is what a call costs.
func measured(call func()) cost {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	call()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return cost{after.TotalAlloc - before.TotalAlloc, after.Mallocs - before.Mallocs, took}
}

// The most that a bomb may cost; our choice. The dearest makes 700 000
// allocations.
const (
	mostBytes       = 256 << 20
	mostAllocations = 1_000_000
)

// TestYAMLBombs wants each bomb told, at a price: no more memory than may be even if
// none of it were freed, and no more work than so many allocations make. How long
// that takes is for BenchmarkBombs to say.
func TestYAMLBombs(t *testing.T) {
	detonate(t, func(b bomb, findings []finding.Finding, c cost) {
		require.True(t, told(findings), "%s: %v", b.name, findings)
		require.Less(t, c.bytes, uint64(mostBytes), b.name)
		require.Less(t, c.allocations, uint64(mostAllocations), b.name)
	})
}

// BenchmarkBombs measures what the dearest of the bombs costs.
func BenchmarkBombs(b *testing.B) {
	var worst cost
	for b.Loop() {
		detonate(b, func(_ bomb, _ []finding.Finding, c cost) {
			worst = cost{max(worst.bytes, c.bytes), max(worst.allocations, c.allocations), max(worst.time, c.time)}
		})
	}
	b.ReportMetric(float64(worst.time.Microseconds())/1000, "ms/dearest")
	b.ReportMetric(float64(worst.bytes)/(1<<20), "MiB/dearest")
	b.ReportMetric(float64(worst.allocations), "allocations/dearest")
}

func told(findings []finding.Finding) bool {
	for _, f := range findings {
		if f.Severity == finding.Error && (f.Code == "foreign/refused" || f.Code == "foreign/syntax") {
			return true
		}
	}
	return false
}

// TestBombsAreBombs wants the guard to be what makes them harmless: YAML's own decoder
// takes one of them without a word, and it costs more than may be as JSON.
func TestBombsAreBombs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, b := range bombs() {
		text := []byte(b.make(random))
		require.True(t, guard(text) != nil || len(text) > maxFile, b.name)
		if b.name != "a long text that aliases repeat" {
			continue
		}
		c := measured(func() {
			var v map[string]any
			require.NoError(t, yaml.Unmarshal(text, &v))
			_, err := json.Marshal(v)
			require.NoError(t, err)
		})
		require.Greater(t, c.bytes, uint64(mostBytes))
	}
	// What is large and harmless is read.
	text := head + "data:\n  script: |\n" + strings.Repeat("    echo a line of a script that somebody wrote, and one more\n", 50_000)
	require.NoError(t, guard([]byte(text)))
	require.NoError(t, guard([]byte(strings.Repeat(head+"---\n", maxDocuments-1))))
}

func FuzzGuard(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, b := range bombs() {
		if text := b.make(random); len(text) < 100_000 {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte(deployment))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 || guard(data) != nil {
			return
		}
		docs, err := documents(data)
		require.NoError(t, err)
		for _, d := range docs {
			if b, err := jsonOf(d); err == nil {
				require.Less(t, len(b), maxFile*8)
			}
		}
	})
}
