package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fitted is what `stillsuit fit` says of this repository, and how it exits.
func fitted(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out, err bytes.Buffer
	code := run(append([]string{"fit", "-C", "../.."}, args...), nil, &out, &err)
	require.Empty(t, err.String())
	return out.String(), code
}

// TestFitOfTheReferenceClusters holds the reports against tests/golden/fit.
func TestFitOfTheReferenceClusters(t *testing.T) {
	for _, cluster := range []string{"arrakeen", "turingpi"} {
		file := filepath.Join("../../tests/golden/fit", cluster+".txt")
		got, code := fitted(t, cluster)
		require.Equal(t, exitClean, code, got)
		golden(t, file, got)
	}
}

// The report as JSON is as published, whatever it holds.
func TestFitAsJSON(t *testing.T) {
	const file = "fit.schema.json"
	text, _ := fitted(t, "-o", "json")
	require.NoError(t, schema(t, file, text))
	short, code := fitted(t, "turingpi", "-o", "json", "--orders", "20", "--without", "node4", "--suggest")
	require.Equal(t, exitFindings, code)
	require.NoError(t, schema(t, file, short))
	require.Contains(t, short, `"change": "place StatefulSet openclaw on node node2"`)

	// The schema would notice.
	for from, to := range map[string]string{
		`"version": 2`: `"version": 1`, `"packing": "exists"`: `"packing": "maybe"`, `"alerting": "yes"`: `"alerting": true`, `"hangs"`: `"hang"`,
		`"cluster": "turingpi"`: `"cluster": ""`, `"capacity"`: `"size"`, `"what": "board`: `"what": 1, "or": "board`,
	} {
		require.Contains(t, text, from)
		require.Error(t, schema(t, file, strings.Replace(text, from, to, 1)), to)
	}
}

// Sums that were added up by hand from the CUE, in Mi of requests: what a change of the
// golden files must not hide.
func TestFitSums(t *testing.T) {
	sums := map[string]map[string]int64{
		"arrakeen": {
			// cloudflared, metrics-server, Alertmanager, Grafana, kube-state-metrics,
			// node-exporter, operator, Traefik; K3s's load balancer asks for nothing
			"arrakeen": 64 + 70 + 96 + 256 + 128 + 32 + 256 + 128,
			// Whisper, two of Flux's controllers, CoreDNS, node-exporter, device plugin, and
			// of sietch-sentia's 4096 the rest: limits of 4096 less the documentation's 64
			"caladan": 2048 + 2*64 + 70 + 32 + 32 + (4096 - 64),
			// cloudflared, documentation, two of Flux's controllers, OpenClaw, node-exporter,
			// Prometheus
			"sietch-tabr": 64 + 16 + 2*64 + 2048 + 32 + 1056,
		},
		"turingpi": {
			// machine learning, openWakeWord, Piper, Whisper; Alloy, node-exporter,
			// kube-router, Velero's agent
			"macmini": 2048 + 128 + 128 + 1024 + 178 + 32 + 250 + 128,
		},
	}
	for cluster, nodes := range sums {
		text, _ := fitted(t, cluster, "-o", "json", "--orders", "1")
		var got jsonFit
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		for _, n := range got.Clusters[0].Nodes {
			if want, added := nodes[n.Name]; added {
				require.Equal(t, want<<20, n.Requests, "%s: %v", n.Name, n.Pods)
			}
		}
		for _, c := range got.Clusters[0].Ceilings {
			// Both stay below 85 per cent of what there is.
			require.Less(t, c.Requests*100, c.Memory*85)
		}
	}
}
