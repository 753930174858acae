package render

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
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

// notifications tell Flux whom to tell of its units and charts.
func notifications(c *cluster) []made {
	var out []made
	for _, x := range c.notifications {
		spec := eventProvider{Type: x.Type, Address: x.Address, Channel: x.Channel}
		if x.secret != nil {
			out = append(out, secretObjects(notificationsUnit(), []*secret{x.secret})...)
			spec.Secret = &corev1.LocalObjectReference{Name: x.secret.name}
		}
		m := factMeta(unitFlux, x.name)
		out = append(out, ofCustom(notificationsUnit(), kindEventProvider, m, spec, x.at), ofCustom(notificationsUnit(), kindEventAlert, m, eventAlert{
			Provider: corev1.LocalObjectReference{Name: x.name}, Severity: cmp.Or(x.Severity, "error"), Sources: eventSources(c),
		}, x.at))
	}
	return out
}

// eventSources are all units, and the releases of all charts.
func eventSources(c *cluster) []eventSource {
	out := []eventSource{{Kind: kindKustomization.Kind, Name: "*", Namespace: unitFlux}}
	for _, namespace := range c.releases {
		out = append(out, eventSource{Kind: kindRelease.Kind, Name: "*", Namespace: namespace})
	}
	return out
}
