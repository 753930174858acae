package traffic

import (
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/render/workload"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// serversTransport is the used part of Traefik's kind (v1alpha1).
type serversTransport struct {
	ServerName string `json:"serverName,omitempty"`
	Unverified bool   `json:"insecureSkipVerify,omitempty"`
}

// annotationTransport leads Traefik to the ServersTransport of a Service.
const annotationTransport = "traefik.ingress.kubernetes.io/service.serverstransport"

// front is the Service of a route's own, with what Traefik is told of it.
func front(x *traffic.Route) []object.Made {
	f := x.Front
	s := &corev1.Service{ObjectMeta: x.Backend.Meta(f.Name), Spec: corev1.ServiceSpec{
		Selector: f.Selector, Ports: workload.ServicePorts([]scope.Port{x.Backend.Port}),
	}}
	s.Labels[labels.Exposure] = x.At[3]
	s.Spec.Ports[0].Name, s.Spec.Ports[0].Port = f.PortName, f.Port
	out := []object.Made{object.Of(x.Unit, kinds.Service, s, x.At)}
	if t := f.Transport; t != nil {
		s.Annotations = map[string]string{annotationTransport: x.Backend.Namespace + "-" + t.Name + "@kubernetescrd"}
		m := x.Backend.Meta(t.Name)
		if t.Unverified != "" {
			m.Annotations = map[string]string{model.AnnotationReason: "unverified: " + t.Unverified}
		}
		out = append(out, object.OfCustom(x.Unit, kinds.ServersTransport, m, serversTransport{t.ServerName, t.Unverified != ""}, x.At))
	}
	return out
}
