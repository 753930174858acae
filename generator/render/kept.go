package render

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// selectors are the labels by which what is rendered here, and what charts bring,
// knows pods of a namespace.
func (r workspaces) selectors(namespace string) []map[string]string {
	out := []map[string]string{{labelManagedBy: managedBy}}
	for _, p := range r.lives[namespace] {
		out = append(out, p.selector)
		for _, at := range p.ports {
			out = append(out, p.selectorAt(at))
		}
	}
	return slices.DeleteFunc(out, func(s map[string]string) bool { return len(s) == 0 })
}

// middlewares are the names by which Traefik knows the middlewares of a namespace.
func (r workspaces) middlewares(namespace string) []string {
	var out []string
	known := r.d.Cluster.Ingress.Middlewares
	for _, name := range sorted(known) {
		if r.middlewareNamespace(known[name]) == namespace {
			out = append(out, namespace+"-"+name+"@kubernetescrd")
		}
	}
	return out
}

// ownSecrets are the Secrets of apps in a namespace, sorted. Pods of charts are not told
// apart from those of others.
func (r workspaces) ownSecrets(namespace string) []string {
	var out []string
	for _, app := range sorted(r.apps) {
		if declared := r.d.Apps[app]; declared.Namespace == namespace {
			for _, alias := range sorted(declared.Secrets) {
				if s := r.secrets[app+"/"+alias]; s != nil {
					out = append(out, s.name)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownClaims are the claims of a namespace that the tree holds, sorted, and how many there
// are with those that StatefulSets and charts make for each of their pods.
func (r workspaces) ownClaims(namespace string) (held []string, count int64) {
	names := map[string]bool{}
	for name := range r.d.Namespaces[namespace].Claims {
		names[name] = true
	}
	for _, app := range r.apps {
		for _, w := range app {
			for name, v := range w.Volumes {
				switch {
				case w.namespace != namespace || v.Size == nil:
				case w.kind() == "StatefulSet" && w.replicas() > 1: // it makes them, one for each pod
					count += int64(w.replicas())
				default:
					names[w.full+"-"+name] = true
				}
			}
		}
	}
	for _, o := range r.c.written() {
		if o.id.Namespace != namespace {
			continue
		}
		switch v := o.value.(type) {
		case *corev1.PersistentVolumeClaim:
			names[o.id.Name] = true
		case *appsv1.StatefulSet:
			count += replicasOf(v.Spec.Replicas) * int64(len(v.Spec.VolumeClaimTemplates))
		}
	}
	for _, c := range r.charts {
		if c.Namespace != namespace {
			continue
		}
		for _, f := range c.Footprint {
			count += int64(f.Pods(len(r.d.Cluster.Nodes)) * len(f.Claims))
		}
	}
	return sorted(names), count + int64(len(names))
}

// replicasOf is how many pods there are; one when that is not said, as the API server fills in.
func replicasOf(replicas *int32) int64 {
	if replicas == nil {
		return 1
	}
	return int64(*replicas)
}
