package report_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
	"stillsuit.dev/report"
)

var update = flag.Bool("update", false, "write what came out into each file")

// sources are files that findings are in.
var sources = map[string]string{
	"clusters/attic/web.cue": "package attic\n\napps: {\n\tweb: containers: main: image: \"docker.io/library/web:1.0.0\" // the newest\n\tdb: env: {PASSWORD: \"hunter2\", MODE: \"docker.io/library/web:1.0.0\"}\n" +
		"\tlong: containers: main: {args: [" + strings.Repeat("\"--an-argument\", ", 20) + "\"--port\"], image: \"docker.io/library/web:1.0.0\"}\n\twide: note: \"日本語\", image: \"日本語/web:1\"\n}\n",
	"tree/release.yaml": "spec:\n  values:\n    image:\n      repository: ghcr.io/immich-app/immich-machine-learning\r\n      tag: v3.2.0-openvino\n    password: v3 hunter2\n    key: |\n      hunter2 hunter2\n  dependsOn: [{name: redis}]\n  \x1b[31mred\x1b[0m: \u202ev3.2.0-openvino\n",
}

// shown is a report with findings of several kinds.
func shown() *report.Report {
	at := func(file string, line, column int) finding.Place {
		return finding.Place{File: file, Line: line, Column: column}
	}
	of := func(file string, line int, text string) finding.Place { // where a text is
		return at(file, line, strings.Index(strings.Split(sources[file], "\n")[line-1], text)+1)
	}
	const web, release = "clusters/attic/web.cue", "tree/release.yaml"
	platform := finding.Finding{
		Code: "images/no-platform", Severity: finding.Error, Place: of(web, 4, `"docker`), Path: "apps.web.containers.main.image",
		Problem: "docker.io/library/web:1.0.0 has no arm64 build", Detail: "Deployment web can be scheduled on pi1, pi2 and pi3 (arm64)",
		Fix: "write `place: arch: \"amd64\"`, or choose a tag with a build for arm64",
	}
	long, tag := platform, platform
	long.Place = of(web, 6, `"docker`)
	tag.Place, tag.Problem = of(release, 5, "v3.2"), "ghcr.io/immich-app/immich-machine-learning:v3.2.0-openvino has no arm64 build"
	fs := []finding.Finding{
		platform, long, tag,
		{Code: "cue/conflict", Severity: finding.Error, Place: of(web, 5, `"hunter2`), Problem: "apps.db.env.PASSWORD has two values, (hidden) and (hidden)", Fix: "keep one",
			Related: []finding.Related{{Place: at(web, 4, 2), What: "first set here"}, {What: "a value that no file has"}}},
		{Code: "flux/depends-on", Severity: finding.Warning, Place: of(release, 9, "redis"), Problem: "Kustomization paperless depends on redis, which does not exist in flux-system"},
		{Code: "secret/plain", Severity: finding.Warning, Place: at(release, 8, 7), Problem: "key key is not encrypted"},
		{Code: "odd/line", Severity: finding.Warning, Place: of(release, 10, "v3.2"), Problem: "v3.2.0-openvino is odd"},
		{Code: "odd/wide", Severity: finding.Warning, Place: of(web, 7, `"日本語/web`), Problem: "日本語/web:1 is odd"},
		{Code: "cluster/nowhere", Severity: finding.Warning, Problem: "nothing is known of a place"},
		{Code: "cluster/beyond", Severity: finding.Warning, Place: at("missing.cue", 99, 3), Problem: "the file is not there"},
	}
	for i := range 14 {
		fs = append(fs, finding.Finding{Code: "fit/no-limit", Severity: finding.Warning, Place: at(web, 3, 1+i), Problem: fmt.Sprintf("Deployment media/app-%d has no memory limit", i),
			Detail: fmt.Sprintf("app-%d can take all memory of its node", i), Fix: "set `resources.limits.memory`"})
	}
	for i := range 26 {
		fs = append(fs, finding.Finding{Code: "images/declared", Place: at(web, i+1, 1), Problem: "it is declared"})
	}
	fs = append(fs, finding.Finding{Code: "chart/unlocked", Place: at(web, 1, 1), Problem: "chart velero is not locked"})
	return &report.Report{
		Findings: finding.Sort(fs), Codes: []finding.CodeDoc{{Code: "fit/no-limit", Title: "a workload has no memory limit", Plural: "%d workloads have no memory limit"}},
		Coverage: []string{"Checked: 1 cluster, 5 units, 40 objects, 12 workloads.", "Not checked: what 9 charts make in the cluster."}, Next: "`stillsuit explain cue/conflict` says more.",
		Source: func(file string) []byte { return []byte(sources[file]) },
	}
}

// The terminal form at several widths, with and without colour, and with everything listed.
func TestTerminal(t *testing.T) {
	for name, set := range map[string]func(*report.Report){
		"60":    func(r *report.Report) { r.Screen.Width = 60 },
		"80":    func(r *report.Report) { r.Screen.Width = 80 },
		"120":   func(r *report.Report) { r.Screen.Width = 120 },
		"color": func(r *report.Report) { r.Screen = report.Screen{Width: 80, Color: true} },
		"all":   func(r *report.Report) { r.Screen.Width, r.All = 80, true },
		"asked": func(r *report.Report) { r.Asked = []finding.Code{"chart/unlocked"} },
	} {
		t.Run(name, func(t *testing.T) {
			r := shown()
			set(r)
			got := in(t, "terminal", r)
			require.NotContains(t, got, "hunter2")
			file := filepath.Join("testdata", "terminal", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(got, "\x1b", `\x1b`)), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), strings.ReplaceAll(got, "\x1b", `\x1b`))
			if !r.Screen.Color {
				require.NoError(t, quiet("terminal", got))
			}
		})
	}
}

// No line is longer than the terminal, but for places and words that are.
func TestTerminalIsAsWideAsTheTerminal(t *testing.T) {
	for _, width := range []int{40, 60, 80, 120} {
		r := shown()
		r.Screen.Width = width
		for _, line := range strings.Split(in(t, "terminal", r), "\n") {
			words := strings.Fields(line)
			if len(words) > 2 && !strings.Contains(line, "-->") && !strings.Contains(line, "日") {
				require.LessOrEqual(t, len([]rune(line)), max(width, 20+len([]rune(words[len(words)-1]))), "%d: %s", width, line)
			}
		}
	}
}

// A line of a file shows nothing but what the message says, names of fields and signs.
func TestSourceLinesShowNoMoreThanTheMessage(t *testing.T) {
	const secret = "canary-7f3a9"
	for _, line := range []string{
		"password: " + secret, "  - name: a, value: \"" + secret + "\"", "\tenv: PASSWORD: \"" + secret + "\"", "A=" + secret, secret + " b=", secret, "    " + secret,
		"url: https://me:" + secret + "@git.example/a", "url: \"https://" + secret + "@h\"", "literals: [\"a=" + secret + "\", 'b=" + secret + "']", "a: \"" + secret, "a: '" + secret,
		"a: \"x\\q" + secret + "\"", "# " + secret, "// " + secret, "a: b # " + secret, "a: b // " + secret, "{\"stringData\": {\"a\": \"" + secret + "\"}}", "x: '{\"a\": \"" + secret + "\"}'",
		"image: me:" + secret + "@r.example/a:1", "a: `" + secret + "`", "a: \"" + secret + "\" + \"b\"", "a: \"\"\"" + secret, "a: [" + secret + ", " + secret + "]", "a: !!str " + secret, "a: &x " + secret, "a: $" + secret, "a: |" + secret,
	} {
		for column := 1; column <= len(line); column++ {
			r := &report.Report{
				Findings: []finding.Finding{{Code: "a/b", Severity: finding.Error, Place: finding.Place{File: "a.yaml", Line: 2, Column: column}, Problem: "a of b is c"}},
				Source:   func(string) []byte { return []byte("x\n" + line + "\n") },
			}
			got := in(t, "terminal", r)
			require.NotContains(t, got, "canary", line)
			require.NotContains(t, got, secret[4:], line)
		}
	}

	// What the message names is shown, and one that holds the secret would be noticed.
	r := &report.Report{
		Findings: []finding.Finding{{Code: "a/b", Severity: finding.Error, Place: finding.Place{File: "a.yaml", Line: 1, Column: 4}, Problem: "a is " + secret}},
		Source:   func(string) []byte { return []byte("a: " + secret + "\n") },
	}
	require.Contains(t, in(t, "terminal", r), "1 | a: "+secret+"\n  |    ^^^^^^^^^^^^\n")
}

// Lines of files hold anything, too.
func TestNothingBreaksOutOfSourceLines(t *testing.T) {
	for _, payload := range payloads() {
		for _, width := range []int{0, 30} {
			r := attack(payload)
			r.Screen.Width = width
			r.Source = func(string) []byte { return []byte(strings.Repeat("a: "+payload+" b\n", 100)) }
			require.NoError(t, quiet("terminal", in(t, "terminal", r)), "%q", payload)
		}
	}
}
