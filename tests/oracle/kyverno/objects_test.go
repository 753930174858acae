package kyverno

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// objects makes n objects, the same ones for a seed: pods and what makes them, and
// objects of the fixtures and of both clusters, with something changed about most.
func objects(t *testing.T, seed uint64, n int) []map[string]any {
	t.Helper()
	var models []map[string]any
	folders, _ := library(t)
	for _, f := range folders {
		for _, c := range slices.Concat(f.Good, f.Bad) {
			models = append(models, c.Object)
		}
	}
	rendered := clusters(t)
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		models = append(models, rendered[name].objects...)
	}
	r := rand.New(rand.NewPCG(seed, 7))
	var out []map[string]any
	for i := range n {
		var o map[string]any
		if i%3 == 0 {
			o = wrapped(r.IntN(7), "home", withImages(r, randomPod(r)))
		} else {
			// Deeply copied as JSON has it: the copy is changed, and numbers are int64.
			u, err := normal(models[r.IntN(len(models))])
			if err != nil {
				t.Fatal(err)
			}
			o = u.Object
		}
		o, _ = runtime.DeepCopyJSONValue(o).(map[string]any)
		for range r.IntN(4) {
			change(r, o)
		}
		out = append(out, placed(r, o, i))
	}
	return out
}

// placed gives an object a name of its own, and a namespace of many kinds.
func placed(r *rand.Rand, o map[string]any, i int) map[string]any {
	u := &unstructured.Unstructured{Object: o}
	u.SetName(fmt.Sprintf("%s-%d", u.GetName(), i))
	if r.IntN(16) == 0 && u.GetKind() != "Namespace" { // which is looked up by its name
		unstructured.RemoveNestedField(o, "metadata", "name")
		u.SetGenerateName("made-")
	}
	if slices.Contains(clusterKinds(), u.GetKind()) {
		u.SetNamespace([]string{"", "home"}[r.IntN(8)/7]) // which the API server clears
		return o
	}
	switch r.IntN(4) {
	case 0:
		u.SetNamespace("")
	case 1:
		all := []string{"home", "edge", "node-tools", "kube-system", "flux-system", "sandbox", "nowhere", "default"}
		u.SetNamespace(all[r.IntN(len(all))])
	}
	return o
}

// images are names of images as people write them, and as nobody should.
func images() []any {
	digest := "@sha256:" + strings.Repeat("0123456789abcdef", 4)
	return []any{
		"nginx", "nginx:latest", "nginx:1.29", "library/nginx:1.29", "docker.io/library/nginx:1.29", "docker.io/nginx" + digest, "nginx:1.29" + digest, "nginx:latest" + digest,
		"ghcr.io/owner/app:v1.2.3", "ghcr.io/owner/app", "GHCR.IO/Owner/App:1", "quay.io/prometheus/prometheus:v3", "registry.home.arpa:5000/a/b:1", "registry.home.arpa:5000/a/b",
		"localhost:5000/a", "lscr.io/linuxserver/sonarr:4", "registry.k8s.io/pause:3.10", "cloudflare/cloudflared:2026.1.0", "tailscale/tailscale:v1", "docker.io/ngrok/ngrok:3",
		"", " ", ":", "@", "a@b", "nginx:", "nginx:1.29@", "nginx@sha256:short", "-x:1", "nginx:1.29 ", "näme:1", "evil.example/docker.io/library/nginx:1", int64(7), nil, []any{"nginx"},
	}
}

func withImages(r *rand.Rand, pod map[string]any) map[string]any {
	for _, list := range []string{"containers", "initContainers"} {
		all, _ := pod[list].([]any)
		for _, c := range all {
			if container, ok := c.(map[string]any); ok && r.IntN(2) == 0 {
				container["image"] = images()[r.IntN(len(images()))]
			}
		}
	}
	return pod
}

// odd are values that a field may be given instead of its own.
func odd() []any {
	var deep any = "bottom"
	for range 60 {
		deep = map[string]any{"x": []any{deep}}
	}
	return []any{
		nil, "", "x", "0", "latest", true, false, int64(0), int64(-1), int64(1 << 40), 1.5, []any{}, []any{nil}, []any{"x"}, map[string]any{}, map[string]any{"x": "y"},
		// What JSON, YAML and CEL write in different ways.
		int64(1<<53 + 1), int64(math.MaxInt64), float64(1 << 53), 1e300, 1e-7, 2.0, "1e3", "0x10", "yes", "~", "null", "2026-01-01", "1_000", "=", "a: b", "- a", "ü☃\u2028", "two\nlines\n", " x ", deep,
		map[string]any{"": "", "a/b.c-d": "ü", "if": int64(1), "__x__": nil, "1": "y", "null": false}, []any{[]any{}, map[string]any{}, nil, 1.0, "1"},
	}
}

// change changes one thing somewhere below an object's fields, but for what says which
// object it is.
func change(r *rand.Rand, o map[string]any) {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if key != "apiVersion" && key != "kind" && key != "metadata" {
			keys = append(keys, key)
		}
	}
	metadata, _ := o["metadata"].(map[string]any)
	if len(keys) == 0 || r.IntN(6) == 0 || o["kind"] == "Namespace" {
		labels := []any{nil, map[string]any{}, map[string]any{"app.kubernetes.io/name": "x"}, map[string]any{"tier": "front", "x": ""}, map[string]any{"tier": "", "a/b.c-d": "ü"}, map[string]any{"tier": int64(1)}, map[string]any{"tier": nil}}
		if o["kind"] == "Namespace" { // is looked up, and must be one that can be
			labels = labels[:5]
		}
		metadata[[]string{"labels", "annotations"}[r.IntN(2)]] = labels[r.IntN(len(labels))]
		return
	}
	key := keys[r.IntN(len(keys))]
	if r.IntN(12) == 0 {
		delete(o, key)
		return
	}
	o[key] = changed(r, o[key], 0)
}

// changed is a value with one change in it.
func changed(r *rand.Rand, v any, depth int) any {
	stop := r.IntN(5) == 0 && depth > 0
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 || stop {
			break
		}
		keys := slices.Sorted(maps.Keys(v))
		key := keys[r.IntN(len(keys))]
		if r.IntN(5) == 0 {
			delete(v, key)
		} else {
			v[key] = changed(r, v[key], depth+1)
		}
		return v
	case []any:
		if len(v) == 0 || stop {
			break
		}
		i := r.IntN(len(v))
		switch r.IntN(6) {
		case 0:
			return append(v, runtime.DeepCopyJSONValue(v[i]))
		case 1:
			return slices.Delete(v, i, i+1)
		}
		v[i] = changed(r, v[i], depth+1)
		return v
	case int64:
		if r.IntN(2) == 0 {
			return v + int64(r.IntN(3)) - 1
		}
	case bool:
		return !v
	case string:
		if r.IntN(3) == 0 {
			return v + "x"
		}
	}
	return odd()[r.IntN(len(odd()))]
}
