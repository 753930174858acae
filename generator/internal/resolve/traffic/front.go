package traffic

import (
	"fmt"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Front is a Service of a route's own, before the pods of its backend. The workload's Service
// will not do where it is headless, or where the ingress controller goes by what the port of
// a Service is called: the Tailscale operator leaves out a path to a headless Service
// (tailscale v1.98.9, cmd/k8s-operator/ingress.go, handlersForIngress), and Traefik refuses
// one where it is told to use its address (traefik v3.7.9,
// pkg/provider/kubernetes/ingress/kubernetes.go, getNativeServiceAddress). Both speak https
// to port 443 and to a port called https, and http to others.
type Front struct {
	Name     string // of the Service
	Selector map[string]string
	PortName string
	Port     int32
	// Transport is how Traefik speaks TLS to the pods; nil for its default.
	Transport *Transport
}

// Transport says what a certificate must be like.
type Transport struct {
	Name       string // of the ServersTransport
	ServerName string
	Unverified string // why any certificate will do; "" where the name counts
}

// schemes are the port that stands for a scheme.
func schemes() map[string]int32 { return map[string]int32{"http": 80, "https": 443} }

// front gives a route a Service of its own where it needs one. It reports one that cannot be
// made, and then returns false.
func (x *exposure) front(out *Route) bool {
	p, scheme := out.Backend.Port, x.Declared.Scheme
	if scheme == "" && !out.Backend.Headless {
		return true
	}
	selector := x.selector(out.Backend.Party, []scope.Port{p})
	if selector == nil {
		return false
	}
	out.Front = &Front{Name: x.name + "-backend", Selector: selector, PortName: p.Name, Port: p.Front()}
	if scheme != "" {
		out.Front.PortName, out.Front.Port = scheme, schemes()[scheme]
	}
	if len(out.Front.Name) > 63 {
		x.Error(x.at, "name/too-long", fmt.Sprintf("the Service of this exposure is called %s, %d characters", out.Front.Name, len(out.Front.Name)), "a Service has 63 at most", "shorten the name of the app or of the exposure")
		return false
	}
	return true
}

// speaks reports a scheme that the way in cannot be told, or that says too little of the
// certificate of the port.
func (x *exposure) speaks(class string) bool {
	e := x.Declared
	says := fmt.Sprintf("exposure %s speaks https to its port", x.at[3])
	switch {
	case e.Scheme != "https" && e.ServerName+e.Unverified != "":
		field := "unverified"
		if e.ServerName != "" {
			field = "serverName"
		}
		x.Error(x.at.Join(field), "expose/scheme", fmt.Sprintf("exposure %s has %s and does not speak https to its port", x.at[3], field), "there is no certificate then", fmt.Sprintf(`add scheme: "https", or remove %s`, field))
	case e.Scheme == "":
		return true
	case class != "" && class != "traefik" && class != "tailscale":
		x.Error(x.at.Join("scheme"), "expose/scheme", fmt.Sprintf("exposure %s has a scheme, and its ingress class is %s", x.at[3], class), "stillsuit knows how to tell Traefik and the Tailscale operator, and no other", "remove scheme, and add what that controller reads to annotations")
	case e.Scheme == "http":
		return true
	case e.ServerName != "" && e.Unverified != "":
		x.Error(x.at.Join("serverName"), "expose/scheme", says+", and has serverName and unverified", "the certificate is verified or it is not", "keep one")
	case class == "tailscale" && e.Unverified == "":
		x.Error(x.at.Join("scheme"), "expose/scheme", says+" in a mesh", "the Tailscale operator verifies no certificate", `write unverified: "…" with the reason in place of serverName`)
	case e.ServerName != "" && !isAddress(e.ServerName) && !x.checkHost(x.at.Join("serverName"), "server name", "exposure "+x.at[3], e.ServerName):
	case e.ServerName == "" && e.Unverified == "":
		x.Error(x.at.Join("scheme"), "expose/scheme", says+", and does not say what its certificate is like", "a certificate is verified against the address of the pod by default, and none is for that", `add serverName: "…" when a known authority signed it, or unverified: "the app signs it itself"`)
	default:
		return true
	}
	return false
}

// transport is how Traefik is told to speak https.
func (x *exposure) transport() *Transport {
	if x.Declared.Scheme != "https" {
		return nil
	}
	return &Transport{Name: x.name, ServerName: x.Declared.ServerName, Unverified: x.Declared.Unverified}
}

// origin is how cloudflared is told to speak https; nil for http.
func (x *exposure) origin() *scope.TunnelOrigin {
	if x.Declared.Scheme != "https" {
		return nil
	}
	return &scope.TunnelOrigin{ServerName: x.Declared.ServerName, Unverified: x.Declared.Unverified != ""}
}

// misplaced reports fields that belong to the other kind of exposure.
func (x *exposure) misplaced(byHost bool) {
	e := x.Declared
	kind, other := "an address", "a host"
	fields := map[string]bool{"scheme": e.Scheme != "", "serverName": e.ServerName != "", "unverified": e.Unverified != ""}
	if byHost {
		kind, other = other, kind
		fields = map[string]bool{"listen": len(e.Listen) > 0, "externalTrafficPolicy": e.ExternalTrafficPolicy != model.TrafficPolicy{}}
	}
	for _, field := range []string{"scheme", "serverName", "unverified", "listen", "externalTrafficPolicy"} {
		if fields[field] {
			x.Error(x.at.Join(field), "expose/form", fmt.Sprintf("exposure %s of %s is by %s and has %s", x.at[3], x.of.says(), kind, field), fmt.Sprintf("that is for exposures by %s", other), "remove "+field)
			return
		}
	}
}
