package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/model"
)

// exposer is an app or chart with ways in.
type exposer struct {
	kind, name string
	at         model.Path
	unit       unit
	among      []*party // whose ports the exposures lead to
}

// says is how a sentence names it: "app immich".
func (e *exposer) says() string { return e.kind + " " + e.name }

// exposures renders the ways in to an app or chart.
func (r *renderer) exposures(of *exposer, exposures map[string]*model.Expose) {
	for _, e := range sorted(exposures) {
		x := &exposure{renderer: r, Expose: exposures[e], of: of, name: of.name + "-" + e, at: of.at.Join("expose", e)}
		byHost := x.Host != "" || len(x.Hosts) > 0
		switch {
		case byHost && x.LoadBalancer != "", !byHost && x.LoadBalancer == "":
			r.Error(x.at, "expose/form", fmt.Sprintf("exposure %s of %s has %s", e, of.says(), map[bool]string{true: "a host and a load balancer", false: "neither a host nor a load balancer"}[byHost]),
				"it is a way in by exactly one of them", "keep one, or make two exposures of it")
		case byHost && x.Tunnel != "" && x.Mesh != "":
			r.Error(x.at, "expose/form", fmt.Sprintf("exposure %s of %s goes through a tunnel and a mesh", e, of.says()), "it is a way in by one of them", "make two exposures of it")
		case x.LoadBalancer != "":
			x.loadBalancer()
		case x.Tunnel != "": // see tunnels
		case x.Mesh != "":
			x.mesh()
		default:
			x.ingress()
		}
	}
}

type exposure struct {
	*renderer
	*model.Expose
	of   *exposer
	name string // of the object: <app>-<exposure>
	at   model.Path
}

// declared is the fact of the cluster that an exposure names in one of its fields,
// or false for one that is not there, which is reported: the exposure does to it, and
// it would be declared in where.
func declared[V any](x *exposure, facts map[string]V, name, does, where string, field ...string) (V, bool) {
	fact, ok := facts[name]
	if !ok {
		known := sorted(facts)
		x.Error(x.at.Join(field...), "expose/unknown", fmt.Sprintf("the exposure %s %s", does, name),
			has("this cluster", strings.TrimSuffix(field[0], "s"), known), didYouMean(name, known, "declare it in "+where))
	}
	return fact, ok
}

// target is the pods and the port that a host leads to.
func (x *exposure) target() (*party, port, bool) {
	among := x.of.among
	if x.Port != "" {
		return x.portOf(x.at.Join("port"), x.of.says(), among, x.Port)
	}
	var owners []*party
	var ports []port
	for _, w := range among {
		for _, p := range w.ports {
			if p.protocol == corev1.ProtocolTCP {
				owners, ports = append(owners, w), append(ports, p)
			}
		}
	}
	if len(ports) == 1 {
		return owners[0], ports[0], true
	}
	http := -1
	for i, p := range ports {
		if p.name == "http" {
			if http >= 0 {
				http = -1
				break
			}
			http = i
		}
	}
	if http >= 0 {
		return owners[http], ports[http], true
	}
	var names []string
	for i, p := range ports {
		names = append(names, strings.TrimPrefix(owners[i].name+"/"+p.name, "/"))
	}
	mend := `add port: "…"`
	if len(names) == 0 {
		mend = "add ports to one of its containers"
		if x.of.kind == "chart" {
			mend = "add it to the chart's services"
		}
	}
	x.Error(x.at, "expose/port", fmt.Sprintf("exposure %s does not say which port it leads to", x.at[3]),
		has(x.of.says(), "TCP port", names), mend)
	return nil, port{}, false
}

// hosts are the full names, each once in the cluster and path.
func (x *exposure) hosts(domain string) []string {
	names := slices.Clone(x.Hosts)
	if x.Host != "" {
		names = append(names, x.Host)
	}
	var out []string
	for _, h := range names {
		if !strings.Contains(h, ".") {
			if domain == "" {
				x.Error(x.at, "expose/no-domain", fmt.Sprintf("host %s is written without a dot", h), "the cluster has no domain to give it", "write the host out, or set cluster: domain")
				continue
			}
			h += "." + domain
		}
		out = append(out, h)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	x.given(out)
	return out
}

// ingress serves hosts through the cluster's ingress controller.
func (x *exposure) ingress() {
	w, p, ok := x.target()
	if !ok {
		return
	}
	c := x.d.Cluster
	hosts := x.hosts(c.Domain)
	ing := x.newIngress(w, p, c.Ingress.Class, hosts)
	authority := x.authority(hosts)
	if authority != "" {
		ing.Annotations["cert-manager.io/cluster-issuer"] = authority
		ing.Spec.TLS = []networkingv1.IngressTLS{{Hosts: hosts, SecretName: x.name + "-tls"}}
		x.solves(w.namespace, authority, x.at)
	}
	if c.Ingress.Class == "traefik" {
		entrypoints := c.Ingress.Entrypoints
		if len(entrypoints) == 0 {
			entrypoints = []string{map[bool]string{true: "websecure", false: "web"}[authority != ""]}
		}
		ing.Annotations["traefik.ingress.kubernetes.io/router.entrypoints"] = strings.Join(entrypoints, ",")
		if m := x.middlewares(); m != "" {
			ing.Annotations["traefik.ingress.kubernetes.io/router.middlewares"] = m
		}
	}
	x.finish(w, p, ing, model.Peer{Namespace: c.Ingress.Namespace, Pods: c.Ingress.Pods})
}

// mesh serves hosts in a private network.
func (x *exposure) mesh() {
	mesh, ok := declared(x, x.d.Cluster.Meshes, x.Mesh, "is in mesh", "cluster.meshes", "mesh")
	if !ok {
		return
	}
	w, p, ok := x.target()
	if !ok {
		return
	}
	var ing *networkingv1.Ingress
	if mesh.Domain != "" {
		ing = x.newIngress(w, p, mesh.Class, x.hosts(mesh.Domain))
	} else { // the mesh makes the full name from the first one
		ing = x.newIngress(w, p, mesh.Class, nil)
		if x.Path == "" {
			ing.Spec.DefaultBackend = backend(w, p)
		} else {
			ing.Spec.Rules = []networkingv1.IngressRule{x.rule("", w, p)}
		}
		hosts := slices.Concat(x.Hosts, nonEmpty(x.Host))
		for _, host := range hosts {
			x.once("host", host+" in mesh "+x.Mesh)
		}
		ing.Spec.TLS = []networkingv1.IngressTLS{{Hosts: hosts}}
	}
	x.finish(w, p, ing, model.Peer{Namespace: mesh.Namespace, Pods: mesh.Pods})
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func backend(w *party, p port) *networkingv1.IngressBackend {
	if s := p.service; s != nil { // how a chart names the ports of its Services is not known
		return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: s.name, Port: networkingv1.ServiceBackendPort{Number: s.port}}}
	}
	return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: w.full, Port: networkingv1.ServiceBackendPort{Name: p.name}}}
}

func (x *exposure) newIngress(w *party, p port, class string, hosts []string) *networkingv1.Ingress {
	ing := &networkingv1.Ingress{ObjectMeta: w.meta(x.name), Spec: networkingv1.IngressSpec{IngressClassName: &class}}
	ing.Annotations = with(map[string]string{}, x.Annotations)
	for _, host := range hosts {
		x.once("host", host+x.prefix())
		ing.Spec.Rules = append(ing.Spec.Rules, x.rule(host, w, p))
	}
	return ing
}

// prefix is the path below which the exposure serves.
func (x *exposure) prefix() string {
	if x.Path == "" {
		return "/"
	}
	return x.Path
}

func (x *exposure) rule(host string, w *party, p port) networkingv1.IngressRule {
	return networkingv1.IngressRule{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{
		HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
			Path: x.prefix(), PathType: ptr(networkingv1.PathTypePrefix), Backend: *backend(w, p),
		}}},
	}}
}

func (x *exposure) finish(w *party, p port, ing *networkingv1.Ingress, from model.Peer) {
	if len(ing.Annotations) == 0 {
		ing.Annotations = nil
	}
	x.opens(x.at, from, w, p)
	x.add(x.of.unit, kindIngress, ing, x.at)
}

// authority is the one that signs for the hosts: the named one, or that with
// the longest domain that holds the first host.
func (x *exposure) authority(hosts []string) string {
	certificates := x.d.Cluster.Certificates
	if x.Certificate != "" {
		_, _ = declared(x, certificates, x.Certificate, "is signed by", "cluster.certificates", "certificate") // or it says so
		return x.Certificate
	}
	best, length := "", 0
	for _, name := range sorted(certificates) {
		for _, domain := range certificates[name].Domains {
			if len(hosts) > 0 && (hosts[0] == domain || strings.HasSuffix(hosts[0], "."+domain)) && len(domain) > length {
				best, length = name, len(domain)
			}
		}
	}
	return best
}

// middlewares writes Traefik's reference to each middleware.
func (x *exposure) middlewares() string {
	var refs []string
	for i, name := range x.Middlewares {
		if m, ok := declared(x, x.d.Cluster.Ingress.Middlewares, name, "runs middleware", "cluster.ingress.middlewares", "middlewares", strconv.Itoa(i)); ok {
			refs = append(refs, x.middlewareNamespace(m)+"-"+name+"@kubernetescrd")
		}
	}
	return strings.Join(refs, ",")
}

// once reports a host or an address that another exposure has already.
func (x *exposure) once(what, value string) {
	key := what + " " + value
	if other, twice := x.taken[key]; twice && other.String() != x.at.String() {
		x.Error(x.at, "expose/taken", fmt.Sprintf("%s %s is asked for here", what, strings.TrimSuffix(value, "/")), fmt.Sprintf("%s has it already", other), "choose another")
		return
	}
	x.taken[key] = x.at
}
