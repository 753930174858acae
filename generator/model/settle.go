package model

import "maps"

// settle drops what is off, and gives a workload that is written in place its
// seat in Workloads, under the name "".
func (a *App) settle() {
	if len(a.Workloads) == 0 {
		a.Workloads = map[string]*Workload{"": &a.Workload}
	}
	maps.DeleteFunc(a.Workloads, func(name string, w *Workload) bool { return name != "" && w.Off != "" })
	maps.DeleteFunc(a.Expose, func(_ string, e *Expose) bool { return e.Off != "" })
	for _, w := range a.Workloads {
		for _, containers := range []map[string]*Container{w.Containers, w.Sidecars, w.Init} {
			maps.DeleteFunc(containers, func(_ string, c *Container) bool { return c.Off != "" })
			for _, c := range containers {
				dropFiles(c.Files)
			}
		}
		maps.DeleteFunc(w.Volumes, func(_ string, v *Volume) bool { return v.Off != "" })
		dropFiles(w.Files)
	}
}

func dropFiles(files map[string]*File) {
	maps.DeleteFunc(files, func(_ string, f *File) bool { return f.Off != "" })
}

// fill gives the cluster the defaults that its schema promises.
func fill(c *Cluster) {
	or(&c.Timezone, "Etc/UTC")
	or(&c.Kubernetes.Distribution, "k3s")
	or(&c.Flux.Source, "git")
	or(&c.Flux.Branch, "main")
	if o := c.Flux.Operator; o != nil {
		or(&o.Version, "2.9.x")
		or(&o.Registry, "ghcr.io/fluxcd")
		or(&o.Tag, "latest")
	}
	or(&c.Secrets.Decryption, "sops-age")
	or(&c.Network.DNS.Namespace, "kube-system")
	if c.Network.DNS.Pods == nil {
		c.Network.DNS.Pods = map[string]string{"k8s-app": "kube-dns"}
	}
	if c.Network.APIPort == 0 {
		c.Network.APIPort = 6443
	}
	fillNetwork(c)
	if c.Network.LoadBalancer == "" {
		switch {
		case len(c.Network.Pools) > 0:
			c.Network.LoadBalancer = "metallb"
		case c.Kubernetes.Brings("servicelb"):
			c.Network.LoadBalancer = "servicelb"
		default:
			c.Network.LoadBalancer = "none"
		}
	}
	or(&c.Ingress.Class, "traefik")
	if c.Kubernetes.Brings("traefik") && c.Ingress.Class == "traefik" {
		or(&c.Ingress.Namespace, "kube-system")
	}
	or(&c.Ingress.Namespace, "traefik")
	if c.Ingress.Pods == nil {
		c.Ingress.Pods = map[string]string{"app.kubernetes.io/name": c.Ingress.Class}
	}
	for name, m := range c.Meshes {
		or(&m.Class, name)
		or(&m.Namespace, name)
		c.Meshes[name] = m
	}
	for _, n := range c.Nodes {
		or(&n.Role, "agent")
	}
	if c.Rollout.Concurrent == 0 {
		c.Rollout.Concurrent = 2
	}
}

// fillNetwork gives the network what its distribution brings: K3s docs.k3s.io/cli/server,
// Talos pkg/machinery/constants, k0s docs.k0sproject.io/networking, kubeadm
// kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4.
func fillNetwork(c *Cluster) {
	n := &c.Network
	switch c.Kubernetes.Distribution {
	case "k3s":
		or(&n.CNI, "flannel")
		or(&n.Pods, "10.42.0.0/16")
		or(&n.Services, "10.43.0.0/16")
	case "talos":
		or(&n.CNI, "flannel")
		or(&n.Pods, "10.244.0.0/16")
	case "k0s":
		or(&n.CNI, "kube-router")
		or(&n.Pods, "10.244.0.0/16")
	}
	or(&n.CNI, "other")
	or(&n.Services, "10.96.0.0/12")
}

func or(field *string, otherwise string) {
	if *field == "" {
		*field = otherwise
	}
}
