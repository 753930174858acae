package apiserver

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
)

// The codes of what every object and every Service has to have.
const (
	codeNoName   finding.Code = "apiserver/no-name"
	codeNodePort finding.Code = "apiserver/node-port"
)

// nameCodes documents them.
func nameCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: codeNoName, Title: "an object without a name",
			Text:    "Flux applies objects server-side: it asks the API server for the object of that name, and creates it when there is none. Nothing is generated from generateName then, which `kubectl create` alone does, and an object without a name holds up all of its unit.",
			Example: "metadata: {generateName: import-}    # name: import",
		},
		{
			Code: codeNodePort, Title: "a node port outside of the default range",
			Text:    "The API server accepts node ports from 30000 to 32767, unless its flag --service-node-port-range says otherwise; K3s has a flag of that name too, with the same range. It refuses the Service for another port, and Flux applies nothing of its unit. Suppress the warning where the cluster has another range.",
			Example: "ports: [{port: 80, nodePort: 8080}]    # 30080",
		},
	}
}

// nameless reports whether keys are of a name, where an object has none.
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
		Code: codeNoName, Severity: finding.Error, Keys: []string{"metadata", "name"},
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
		severity := finding.Warning
		if port < 0 || port > 65535 { // which no flag allows
			severity = finding.Error
		}
		r.report(o, []refusal.Refusal{{
			Code: codeNodePort, Severity: severity, Keys: keys,
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
