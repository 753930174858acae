package facts

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
)

// eventProvider is the used part of the spec of Flux's Provider (v1beta3).
type eventProvider struct {
	Type    string                       `json:"type"`
	Address string                       `json:"address,omitempty"`
	Channel string                       `json:"channel,omitempty"`
	Secret  *corev1.LocalObjectReference `json:"secretRef,omitempty"`
}

// eventAlert is the used part of the spec of Flux's Alert (v1beta3).
type eventAlert struct {
	Provider corev1.LocalObjectReference `json:"providerRef"`
	Severity string                      `json:"eventSeverity"`
	Sources  []eventSource               `json:"eventSources"`
}

type eventSource struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// Notifications tell Flux whom to tell of its units and charts.
func Notifications(c *resolve.Cluster) []object.Made {
	var out []object.Made
	for _, x := range c.Notifications {
		spec := eventProvider{Type: x.Declared.Type, Address: x.Declared.Address, Channel: x.Declared.Channel}
		if x.Secret != nil {
			out = append(out, object.Secrets(scope.NotificationsUnit(), []*scope.Secret{x.Secret})...)
			spec.Secret = &corev1.LocalObjectReference{Name: x.Secret.Name}
		}
		m := object.FactMeta(scope.UnitFlux, x.Name)
		out = append(out, object.OfCustom(scope.NotificationsUnit(), kinds.EventProvider, m, spec, x.At), object.OfCustom(scope.NotificationsUnit(), kinds.EventAlert, m, eventAlert{
			Provider: corev1.LocalObjectReference{Name: x.Name}, Severity: cmp.Or(x.Declared.Severity, "error"), Sources: eventSources(c),
		}, x.At))
	}
	return out
}

// eventSources are all units, and the releases of all charts.
func eventSources(c *resolve.Cluster) []eventSource {
	out := []eventSource{{Kind: kinds.Kustomization.Kind, Name: "*", Namespace: scope.UnitFlux}}
	for _, namespace := range c.Releases {
		out = append(out, eventSource{Kind: kinds.Release.Kind, Name: "*", Namespace: namespace})
	}
	return out
}
