package fit_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/finding"
	"stillsuit.dev/report"
)

// negative is an amount below zero, as text or JSON has it. The dash of a name, a range
// or a power stands behind something else.
var negative = regexp.MustCompile(`(^|[\s"(:])-[0-9]`)

// largest are clusters whose amounts are all as large as they may be.
var largest = []string{
	`-- clusters/demo/apps.cue --
package demo

let most = "9223372036854775807"
let cores = "9223372036854775807m"
cluster: {
	kubernetes: reserved: true
	ceilings: all: {memory: most, requests: "9223372036854775807%", limits: "9223372036854775807%"}
	ceilings: rest: {requests: "100%", limits: "100%"}
	flux: memory: "source-controller": most
}
cluster: nodes: {
	big1: {arch: "amd64", role: "agent", memory: most, cpu: cores, reserved: {memory: "1Gi", cpu: "1"}, disks: d: {size: most, class: "local-path", path: "/var", images: true}}
	big2: {arch: "amd64", role: "agent", memory: most, cpu: cores, disks: {d: {size: most, class: "local-path", path: "/var", images: true}, e: {size: most, images: true, path: "/mnt"}}}
}
namespaces: play: quota: {memory: most, cpu: cores, limits: {memory: most, cpu: cores}, scratch: most, storage: most}
namespaces: play: workspace: "others try things"
let full = {requests: {cpu: cores, memory: most}, limits: {cpu: cores, memory: most}}
apps: one: {
	namespace: "web", user: 1000, replicas: 3
	containers: {a: full & {image: "ghcr.io/example/both:1.0.0"}, b: full & {image: "ghcr.io/example/two:1.0.0"}}
	volumes: data: {size: most, class: "shared", mount: "/data", access: "ReadWriteMany"}
}
cluster: storage: shared: nodes: ["big1", "big2"]
cluster: nodes: big1: disks: s: {size: most, class: "shared"}
apps: two: {namespace: "web", user: 1000, update: {maxSurge: 3, maxUnavailable: 0}, containers: main: full & {image: "ghcr.io/example/both:1.0.0"}}
apps: timed: {namespace: "web", user: 1000, schedule: "* * * * *", concurrency: "Allow", deadline: "5m", containers: main: {image: "ghcr.io/example/both:1.0.0", requests: memory: "1Mi"}}
charts: big: {
	outside: "installed by hand", namespace: "big"
	footprint: {server: full & {replicas: 3}, agent: full & {perNode: true}}
}
`, `-- tree/all.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: home}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      overhead: {memory: "9223372036854775807", cpu: 9223372036854775807m}
      containers:
      - {name: a, image: "ghcr.io/example/a:1.0.0", resources: &all {requests: {memory: "9223372036854775807", cpu: 9223372036854775807m, ephemeral-storage: "9223372036854775807", example.com/x: "9223372036854775807"}, limits: {memory: "9223372036854775807"}}}
      - {name: b, image: "ghcr.io/example/b:1.0.0", resources: *all}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: each, namespace: home}
spec:
  selector: {matchLabels: {app: each}}
  template:
    metadata: {labels: {app: each}}
    spec:
      containers:
      - {name: a, image: "ghcr.io/example/a:1.0.0", resources: {requests: {memory: 1Ei}, limits: {memory: 7Ei}}}
      - {name: b, image: "ghcr.io/example/a:1.0.0", resources: {requests: {memory: 1Ei}, limits: {memory: 7Ei}}}
-- nodes.yaml --
apiVersion: v1
kind: Node
metadata: {name: big1}
status:
  capacity: &all {memory: "9223372036854775807", cpu: 9223372036854775807m, pods: "9223372036854775807", ephemeral-storage: "9223372036854775807", example.com/x: "9223372036854775807"}
  allocatable: *all
  images: [{names: ["ghcr.io/example/a:1.0.0"], sizeBytes: 9223372036854775807}, {names: ["ghcr.io/example/b:1.0.0"], sizeBytes: 9223372036854775807}]
---
apiVersion: v1
kind: Node
metadata: {name: big2}
status: {capacity: *all, allocatable: *all}
`,
}

// reports are all forms of what fit and images say about an archive.
func reports(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	var b bytes.Buffer
	told := 0
	check := fit.Checker(&fit.Options{Orders: 20, Suggest: true, Report: func(r *fit.Report) {
		told++
		require.NoError(t, r.WriteText(&b, outcome.Form{Impact: true}))
		require.NoError(t, json.NewEncoder(&b).Encode(r))
	}})
	found := checktest.Findings(t, archive, []*checks.Checker{check, images.Checker()})
	require.Equal(t, 1, told, finding.Sort(found))
	for _, form := range []string{"text", "json", "markdown"} { // SARIF has negative indexes of its own
		write, err := report.In(form)
		require.NoError(t, err)
		require.NoError(t, write(&b, &report.Report{Findings: found}))
	}
	return b.String()
}

func TestLargest(t *testing.T) {
	base, err := txtar.ParseFile("testdata/base/base.txtar")
	require.NoError(t, err)
	for i, text := range largest {
		archive := txtar.Parse([]byte(text))
		if i == 0 {
			archive.Files = append(base.Files, archive.Files...)
		}
		said := reports(t, archive)
		require.Contains(t, said, "8589934592Gi")
		for _, at := range negative.FindAllStringIndex(said, -1) {
			t.Error(said[max(at[0]-120, 0):min(at[1]+60, len(said))])
		}
	}
}

// Sums that wrap are noticed.
func TestLargestNotices(t *testing.T) {
	one, other := int64(1<<63-1), int64(1<<63-1)
	var b bytes.Buffer
	r := &fit.Report{Cluster: "demo", Nodes: []fit.Node{{Name: "big", Capacity: one, Requests: one + other}}}
	require.NoError(t, r.WriteText(&b, outcome.Form{Impact: true}))
	require.Regexp(t, negative, b.String())
	b.Reset()
	require.NoError(t, json.NewEncoder(&b).Encode(r))
	require.Regexp(t, negative, b.String())
}
