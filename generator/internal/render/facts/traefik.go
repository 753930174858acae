package facts

import (
	"fmt"

	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/facts"
)

// nameRedirect is of the middleware and of the route that lead to HTTPS.
const nameRedirect = "redirect-to-https"

// ChartConfig is the spec of K3s's HelmChartConfig (helm.cattle.io/v1).
type ChartConfig struct {
	Values string `json:"valuesContent"`
}

// BundledTraefik tells K3s's Traefik which address to ask MetalLB for. Local keeps the
// client's address, which middlewares look at.
func BundledTraefik(x *facts.BundledTraefik) []object.Made {
	if x == nil {
		return nil
	}
	values, err := yaml.Marshal(map[string]any{"service": map[string]any{
		"annotations": map[string]string{"metallb.io/loadBalancerIPs": x.Address},
		"spec":        map[string]string{"externalTrafficPolicy": "Local"},
	}})
	if err != nil {
		panic(err) // it is made of what YAML has
	}
	return []object.Made{object.OfCustom(x.Unit, kinds.ChartConfig, object.FactMeta("kube-system", "traefik"), ChartConfig{string(values)}, x.At)}
}

// TraefikRoute is the used part of the spec of Traefik's IngressRoute (v1alpha1).
type TraefikRoute struct {
	EntryPoints []string           `json:"entryPoints"`
	Routes      []traefikRouteRule `json:"routes"`
}

type traefikRouteRule struct {
	Kind        string       `json:"kind"`
	Match       string       `json:"match"`
	Priority    int          `json:"priority"`
	Middlewares []traefikRef `json:"middlewares"`
	Services    []traefikRef `json:"services"`
}

type traefikRef struct {
	Kind string `json:"kind,omitempty"`
	Name string `json:"name"`
}

// Redirect leads hosts from HTTP to HTTPS. Its routes give way to any other, so that the
// pods which answer for a host to an authority are still reached over HTTP.
func Redirect(x *facts.Redirect) []object.Made {
	if x == nil {
		return nil
	}
	m := object.FactMeta(x.Namespace, nameRedirect)
	spec := TraefikRoute{EntryPoints: []string{"web"}}
	for _, host := range x.Hosts {
		spec.Routes = append(spec.Routes, traefikRouteRule{
			Kind: "Rule", Match: fmt.Sprintf("Host(`%s`)", host), Priority: 1,
			Middlewares: []traefikRef{{Name: nameRedirect}}, Services: []traefikRef{{Kind: "TraefikService", Name: "noop@internal"}},
		})
	}
	scheme := map[string]any{"redirectScheme": map[string]any{"scheme": "https", "permanent": true}}
	return []object.Made{object.OfCustom(x.Unit, kinds.Middleware, m, scheme, x.At), object.OfCustom(x.Unit, kinds.TraefikRoute, m, spec, x.At)}
}
