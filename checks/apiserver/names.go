package apiserver

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
)

// nameless are the keys of a name, where an object has none.
func nameless(o *manifest.Object, keys []string) bool {
	return o.Name == "" && len(keys) == 2 && keys[0] == "metadata" && keys[1] == "name"
}

// named reports an object of a kind that Kubernetes has or that is known, and that has no
// name.
func (r *reporter) named(o *manifest.Object) {
	if o.Name != "" || o.Verbatim != nil || o.Part {
		return
	}
	why := refusal.Refusal{
		Code: builtin.CodeInvalid, Severity: finding.Error, Keys: []string{"metadata", "name"},
		Problem: o.Kind + " has no metadata.name", Detail: "Flux applies objects server-side, and so by their name", Fix: "add `name:` below `metadata`",
	}
	// k8s.io/apiserver, pkg/endpoints/handlers/patch.go takes the name from the URL, and no
	// URL has a generated one.
	metadata, _ := untyped(o)["metadata"].(map[string]any)
	if prefix, is := metadata["generateName"].(string); is && prefix != "" {
		why.Keys = []string{"metadata", "generateName"}
		why.Problem = o.Kind + " has metadata.generateName, and no metadata.name"
		why.Detail += "; none is generated"
		why.Fix = "write `name: " + strings.TrimRight(prefix, "-") + "` in its place"
	}
	r.report(o, []refusal.Refusal{why})
}

// The API server's range of node ports, where its flag --service-node-port-range does not
// say otherwise (k8s.io/kubernetes, pkg/kubeapiserver/options,
// DefaultServiceNodePortRange: base 30000, size 2768). K3s passes its own flag of that name
// on, with the same default (k3s, pkg/cli/cmds/server.go).
const (
	firstNodePort = 30000
	lastNodePort  = 32767
)

// nodePorts warns of the ports of a Service that the default range does not hold.
func (r *reporter) nodePorts(o *manifest.Object) {
	s, is := o.Value.(*corev1.Service)
	if !is || o.Part {
		return
	}
	warn := func(port int32, keys ...string) {
		if port == 0 || port >= firstNodePort && port <= lastNodePort {
			return
		}
		r.report(o, []refusal.Refusal{{
			Code: builtin.CodeInvalid, Severity: finding.Warning, Keys: keys,
			Problem: fmt.Sprintf("%s of %s is %d", manifest.Dotted(keys), o.DisplayName(), port),
			Detail:  fmt.Sprintf("the API server accepts node ports from %d to %d by default (--service-node-port-range)", firstNodePort, lastNodePort),
			Fix:     fmt.Sprintf("choose a port from %d to %d", firstNodePort, lastNodePort),
		}})
	}
	for i, port := range s.Spec.Ports {
		warn(port.NodePort, "spec", "ports", fmt.Sprint(i), "nodePort")
	}
	warn(s.Spec.HealthCheckNodePort, "spec", "healthCheckNodePort")
}
