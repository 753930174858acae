package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const refusing = `package a

import "stillsuit.dev/schemas/v1alpha1"

cluster: v1alpha1.#Cluster & {name: "a", domain: "a.example", registries: ["docker.io"], nodes: {n1: v1alpha1.#CM4_8GB, n2: v1alpha1.#CM4_8GB}}
namespaces: c: {}
apps: web: {namespace: "web", containers: main: {image: "docker.io/library/nginx:1.29.0", requests: memory: string | *"1Mi"}}
_pods: {metadata: labels: a: "b", spec: containers: [{name: "c", image: "docker.io/library/nginx:1.29.0", resources: requests: memory: "1Mi"}]}
_one: {metadata: name: "d", apiVersion: string, kind: string, spec: {...}}
`

// An amount that is refused is one finding, and nothing that follows from it is another.
func TestOneRefusalIsOneFinding(t *testing.T) {
	const deployment = `apps: web: objects: d: _one & {apiVersion: "apps/v1", kind: "Deployment", spec: {selector: matchLabels: a: "b", template: _pods, replicas: `
	for name, c := range map[string]struct{ cue, code string }{
		"replicas":                 {`apps: web: replicas: 4294967297`, "object/amount"},
		"replicas, as many as can": {`apps: web: replicas: 2147483647`, "fit/too-many-pods"}, // the mutant: its number is what it says
		"replicas of a patch":      {`apps: web: patches: a: {kind: "Deployment", merge: spec: replicas: 4294967297}`, "object/amount"},
		"replicas of an object":    {deployment + `4294967297}}`, "object/amount"},
		"fewer than none":          {deployment + `-1}}`, "apiserver/invalid"},
		"the fewest":               {deployment + `-2147483648}}`, "object/amount"},
		"replicas of a footprint":  {`charts: c: {namespace: "c", repo: "https://c.example", chart: "c", version: "1.0.0", footprint: a: {replicas: 4294967297, requests: memory: "1Mi"}}`, "object/amount"},
		"parallelism":              {`apps: web: {kind: "Job", patches: a: {kind: "Job", merge: spec: parallelism: 4294967297}}`, "object/amount"},
		"completions":              {`apps: web: {kind: "Job", patches: a: {kind: "Job", merge: spec: completions: 4294967297}}`, "object/amount"},
		"memory":                   {`apps: web: containers: main: requests: memory: "9999999999999Gi"`, "object/amount"},
		"cpu":                      {`apps: web: containers: main: requests: cpu: "99999999999999999999"`, "object/amount"},
		"storage":                  {`apps: web: {kind: "StatefulSet", volumes: data: {size: "9999999999Gi", mount: "/d"}}`, "object/amount"},
		"minAvailable":             {`apps: web: objects: d: _one & {apiVersion: "policy/v1", kind: "PodDisruptionBudget", spec: {minAvailable: 4294967297, selector: matchLabels: a: "b"}}`, "object/amount"},
		"a share":                  {`apps: web: objects: d: _one & {apiVersion: "policy/v1", kind: "PodDisruptionBudget", spec: {minAvailable: "99999999999%", selector: matchLabels: a: "b"}}`, "object/amount"},
		"a schedule":               {`apps: web: schedule: "61 * * * *"`, "app/schedule"},
		"a label":                  {`apps: web: place: labels: a: "c d"`, "object/label"},
		"a name":                   {`apps: "a_b": {namespace: "web", containers: main: image: "docker.io/library/nginx:1.29.0"}`, "name/invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{
				"cue.mod/module.cue": "module: \"example.com@v0\"\nlanguage: version: \"v0.17.0\"\ndeps: \"stillsuit.dev@v0\": v: \"v0.1.0\"\n",
				"clusters/a/a.cue":   refusing + c.cue + "\n",
			} {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644))
			}
			var out bytes.Buffer
			require.Equal(t, exitFindings, run([]string{"check", "-C", dir}, nil, &out, &out), out.String())
			var wrong []string
			for line := range strings.Lines(out.String()) {
				if strings.HasPrefix(line, "clusters/") && !strings.Contains(line, ": note: ") && !strings.Contains(line, "images/") {
					wrong = append(wrong, line)
				}
			}
			require.Len(t, wrong, 1, out.String())
			require.Contains(t, wrong[0], " ["+c.code+"]\n")
		})
	}
}
