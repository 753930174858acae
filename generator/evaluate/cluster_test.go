package evaluate

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/files"
)

func TestOpen(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	defer root.Close()
	_, err = Open(root, Options{})
	require.ErrorContains(t, err, "there is no cue.mod/module.cue")
}

func TestCluster(t *testing.T) {
	r, _ := repository(t, map[string]string{
		"clusters/turingpi/apps.cue": header + `
apps: zeta: {namespace: "z", user: 12345678901234567890}
apps: alpha: {namespace: "<a&b>", containers: main: env: {F: 0.10, T: true, S: "1"}}
namespaces: home: security: "restricted"
rbac: admins: anything: [1]
_hidden: 1
#Def: 2
let L = 3
apps: alpha: user: L
`,
		"clusters/turingpi/_draft.cue": "package nonsense {",
		"clusters/arrakeen/a.cue":      "package arrakeen\n\nimport \"stillsuit.dev/lib/defaults\"\n\ncluster: name: \"arrakeen\"\napps: a: defaults.app\n",
		"lib/defaults/defaults.cue":    "package defaults\n\napp: namespace: \"default\"\n",
		"clusters/README.md":           "",
		"clusters/empty/x.txt":         "",
	})
	names, err := r.Clusters()
	require.NoError(t, err)
	require.Equal(t, []string{"arrakeen", "turingpi"}, names)

	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.Equal(t, "turingpi", c.Name())
	require.JSONEq(t, `{"name":"turingpi","nodes":{"node1":{"arch":"arm64","memory":"8Gi"}}}`, string(c.Object()))
	apps := c.Entries("apps")
	require.Equal(t, []string{"alpha", "zeta"}, apps.Names)
	require.Equal(t, `{"namespace":"z","user":12345678901234567890}`, string(apps.JSON["zeta"]))
	require.Equal(t, `{"namespace":"<a&b>","containers":{"main":{"env":{"F":0.10,"T":true,"S":"1"}}},"user":3}`, string(apps.JSON["alpha"]))
	require.Equal(t, []string{"home"}, c.Entries("namespaces").Names)
	require.Equal(t, []string{"admins"}, c.Entries("rbac").Names)
	require.Empty(t, c.Entries("charts").Names)
	require.Equal(t, []string{"clusters/turingpi/apps.cue"}, c.Files())

	c, fs, err = r.Cluster(t.Context(), "arrakeen")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.Equal(t, []string{"clusters/arrakeen/a.cue", "lib/defaults/defaults.cue"}, c.Files())
	p, ok := c.Place("apps", "a", "namespace")
	require.True(t, ok)
	require.Equal(t, "lib/defaults/defaults.cue:3:6", p.String())
}

func TestClusterCancelled(t *testing.T) {
	r, _ := repository(t, map[string]string{"clusters/turingpi/a.cue": header})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := r.Cluster(ctx, "turingpi")
	require.ErrorIs(t, err, context.Canceled)
}

// TestEmbed reads data beside the cluster's files.
func TestEmbed(t *testing.T) {
	r, _ := repository(t, map[string]string{
		"clusters/turingpi/a.cue":      "@extern(embed)\n\npackage turingpi\n\ncluster: name: _data.name\n_data: _ @embed(file=data.yaml)\nnamespaces: _all[\"d/one.json\"]\n_all: _ @embed(glob=d/*.json)\n",
		"clusters/turingpi/data.yaml":  "name: embedded\n",
		"clusters/turingpi/d/one.json": "{\"home\": {\"security\": \"baseline\"}}",
	})
	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.JSONEq(t, `{"name":"embedded"}`, string(c.Object()))
	require.Equal(t, []string{"home"}, c.Entries("namespaces").Names)
}

// TestLineEndings reads files with CRLF and a byte order mark: the same values, at
// the same places. What is embedded is text or not as git sees it.
func TestLineEndings(t *testing.T) {
	body := "@extern(embed)\n\n" + header + `
_text: _ @embed(file=data.txt, type=text)
_json: _ @embed(file=data.json)
_bin:  _ @embed(file=data.bin, type=binary)
apps: a: {
	namespace: "x"
	containers: main: env: {
		TEXT: """
			one

			  two\tthree
			"""
		RAW: #"""
			\n
			five
			"""#
		BYTES: "\('''
			six
			seven
			''')"
		ESCAPED:  "eight\r\nnine"
		EMBEDDED: _text
		JSON:     "\(_json.twelve)"
		BINARY:   "\(_bin)"
	}
}
`
	files := map[string]string{}
	for _, name := range []string{"unix", "dos"} {
		convert := func(s string) string { return s }
		if name == "dos" {
			convert = func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") }
		}
		files["clusters/"+name+"/a.cue"] = convert(strings.ReplaceAll(body, "package turingpi", "package "+name))
		files["clusters/"+name+"/data.txt"] = convert("ten\neleven\n")
		files["clusters/"+name+"/data.json"] = convert("{\n\"twelve\": 13\n}\n")
		files["clusters/"+name+"/data.bin"] = "\x00\r\n"
	}
	r, _ := repository(t, files)
	var said []string
	for _, name := range []string{"unix", "dos"} {
		c, fs, err := r.Cluster(t.Context(), name)
		require.NoError(t, err)
		require.Empty(t, text(fs))
		p, ok := c.Place("apps", "a", "containers", "main", "env", "ESCAPED")
		require.True(t, ok)
		said = append(said, fmt.Sprintf("%s %s %d:%d", c.Object(), c.Entries("apps").JSON["a"], p.Line, p.Column))
	}
	require.Equal(t, said[0], said[1])
	require.Contains(t, said[0], `"eight\r\nnine"`)
	require.Contains(t, said[0], `"\u0000\r\n"`) // the binary file, as it is
}

// TestUnreadable has the disk fail under each kind of file: an error that names
// it, and never a finding or a shorter list.
func TestUnreadable(t *testing.T) {
	written := map[string]string{
		"clusters/turingpi/a.cue":     "@extern(embed)\n\n" + header + "import \"stillsuit.dev/lib/x\"\n\napps: a: namespace: x.name + _data.x\n_data: _ @embed(file=data.json)\n",
		"clusters/turingpi/data.json": `{"x": "y"}`,
		"clusters/other/a.cue":        "package other\n",
		"lib/x/x.cue":                 "package x\n\nname: \"x\"\n",
		"apps/immich/immich.cue":      "package immich\n\napp: namespace: \"x\"\n",
	}
	written["clusters/turingpi/a.cue"] = strings.Replace(written["clusters/turingpi/a.cue"], "@extern(embed)\n\n"+header, "@extern(embed)\n\npackage turingpi\n\n", 1) + "cluster: name: \"x\"\n"
	ask := func(t *testing.T, at string) (string, error) {
		_, dir := repository(t, written)
		broken := &fs.PathError{Op: "read", Path: "/somewhere/" + at, Err: syscall.EIO}
		opts := Options{Schemas: os.DirFS("testdata/schemas"), Catalogue: os.DirFS("testdata/apps")}
		root := mustRoot(t, dir)
		defer func() { require.NoError(t, root.Close()) }()
		r, err := openWith(root, opts, func(root *os.Root, name string) (*os.File, error) {
			if name == at {
				return nil, broken
			}
			return files.Open(root, name)
		})
		require.NoError(t, err)
		c, found, err := r.Cluster(t.Context(), "turingpi")
		if c != nil {
			_, more, e := c.Catalogue(KindApp, "immich", "x")
			found, err = append(found, more...), e
		}
		return text(found), err
	}
	said, err := ask(t, "")
	require.NoError(t, err)
	require.Empty(t, said)
	for _, at := range slices.Sorted(maps.Keys(written)) {
		if at == "clusters/other/a.cue" {
			continue // which nobody asked for
		}
		_, err := ask(t, at)
		require.EqualError(t, err, "read "+at+": input/output error")
	}
	for _, at := range []string{"clusters", "clusters/turingpi", "clusters/other", "lib/x", "apps/immich"} {
		_, err := ask(t, at)
		require.ErrorContains(t, err, at+": input/output error")
		require.NotContains(t, err.Error(), "/somewhere")
	}
}

func TestTrace(t *testing.T) {
	_, dir := repository(t, map[string]string{"clusters/turingpi/a.cue": header})
	var stages []string
	r := open(t, dir, Options{Trace: func(stage string) func() {
		stages = append(stages, "+"+stage)
		return func() { stages = append(stages, "-"+stage) }
	}})
	_, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.Equal(t, []string{"+load", "-load", "+evaluate", "-evaluate"}, stages)
}

// TestGuard turns a panic into an error that names the cluster.
func TestGuard(t *testing.T) {
	broken := func() (err error) {
		defer guard("cluster turingpi", &err)
		panic("unexpected")
	}
	require.ErrorContains(t, broken(), "stillsuit crashed while evaluating cluster turingpi: a panic with a string in generator/evaluate/cluster_test.go:")
}

// TestDeterminism evaluates good and bad clusters, alone and side by side, with
// 1, 2 and 16 processors: all answers are the same.
func TestDeterminism(t *testing.T) {
	files := map[string]string{}
	var names []string
	for i := range 6 {
		name := fmt.Sprintf("c%d", i)
		names = append(names, name)
		body := generated(name, 20)
		if i%2 == 1 {
			body += "apps: bad: {namspace: 1, user: \"x\", kind: \"Job\", containers: main: {image: clustr, limits: memory: \"1Gb\"}}\napp: {}\nzzz: 1\n"
		}
		if i == 5 {
			body = strings.Replace(body, "image: clustr, ", "image: apps.none.image, ", 1)
		}
		files["clusters/"+name+"/apps.cue"] = body
	}
	_, dir := repository(t, files)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	first := ""
	for _, procs := range []int{1, 2, 16} {
		runtime.GOMAXPROCS(procs)
		for range 5 {
			r := open(t, dir, Options{})
			answers := make([]string, len(names))
			var wg sync.WaitGroup
			for i, name := range names {
				wg.Go(func() {
					c, fs, err := r.Cluster(context.Background(), name)
					answers[i] = fmt.Sprint(text(fs), err)
					if c != nil {
						answers[i] += fmt.Sprintf("%s%s%v", c.Object(), c.Entries("apps"), c.Files())
						for _, app := range c.Entries("apps").Names {
							answers[i] += c.Nearest("apps", app, "containers", "main", "limits").String()
						}
					}
				})
			}
			wg.Wait()
			all := strings.Join(answers, "\n")
			if first == "" {
				first = all
				require.Contains(t, all, "error: clustr is not defined")
				require.Contains(t, all, "eclipse-mosquitto")
			}
			require.Equal(t, first, all)
			require.NotEqual(t, answers[0], answers[2], "another cluster is another answer")
		}
	}
}

// generated returns a cluster's package with n small apps.
func generated(name string, n int) string {
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(header, "turingpi", name))
	for i := range n {
		fmt.Fprintf(&b, `apps: mosquitto%d: {
	namespace: "home", user: 1883
	containers: main: {
		image: "docker.io/library/eclipse-mosquitto:2.0.22"
		ports: {mqtt: 1883, ws: 9001}
		requests: {cpu: "10m", memory: "16Mi"}
		limits: {memory: "64Mi"}
	}
	volumes: data: {size: "1Gi", mount: "/mosquitto/data"}
	files: "/mosquitto/config/mosquitto.conf": {file: "mosquitto/mosquitto.conf"}
	expose: lan: {ports: ["mqtt", "ws"], loadBalancer: "192.168.1.241"}
}
`, i)
	}
	return b.String()
}

// TestLinear compares what two sizes of a cluster allocate.
func TestLinear(t *testing.T) {
	allocated := func(n int) float64 {
		_, dir := repository(t, map[string]string{"clusters/turingpi/apps.cue": generated("turingpi", n)})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, fs, err := open(t, dir, Options{}).Cluster(t.Context(), "turingpi")
		require.NoError(t, err)
		require.Empty(t, text(fs))
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	allocated(10) // what is allocated once
	small, large := allocated(300), allocated(600)
	require.Less(t, large/small, 2.2)
	// Mutant: four times the apps would not pass.
	require.Greater(t, allocated(1200)/small, 2.2)
}

// BenchmarkCluster loads and evaluates clusters of several sizes, and splits the
// time into these two stages.
func BenchmarkCluster(b *testing.B) {
	for _, n := range []int{100, 500, 1000} {
		b.Run(fmt.Sprintf("apps=%d", n), func(b *testing.B) {
			_, dir := repository(b, map[string]string{"clusters/turingpi/apps.cue": generated("turingpi", n)})
			spent := map[string]time.Duration{}
			trace := func(stage string) func() {
				start := time.Now()
				return func() { spent[stage] += time.Since(start) }
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				c, fs, err := open(b, dir, Options{Trace: trace}).Cluster(context.Background(), "turingpi")
				if err != nil || len(fs) > 0 || len(c.Entries("apps").Names) != n {
					b.Fatal(err, text(fs))
				}
			}
			for stage, d := range spent {
				b.ReportMetric(float64(d.Microseconds())/float64(b.N)/float64(n), stage+"-µs/app")
			}
		})
	}
}

// BenchmarkPlace finds one place in a cluster of 500 apps.
func BenchmarkPlace(b *testing.B) {
	r, _ := repository(b, map[string]string{"clusters/turingpi/apps.cue": generated("turingpi", 500)})
	c, _, err := r.Cluster(context.Background(), "turingpi")
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		if _, ok := c.Place("apps", fmt.Sprintf("mosquitto%d", i%500), "containers", "main", "limits", "memory"); !ok {
			b.Fatal("no place")
		}
	}
}
