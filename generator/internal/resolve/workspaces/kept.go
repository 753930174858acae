package workspaces

import (
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/model"
)

// selectors are the labels by which what is rendered here, and what charts bring,
// knows pods of a namespace.
func (r Workspaces) selectors(namespace string) []map[string]string {
	out := []map[string]string{{labels.ManagedBy: labels.Stillsuit}}
	for _, p := range r.Lives[namespace] {
		out = append(out, p.Selector)
		for _, at := range p.Ports {
			out = append(out, p.SelectorAt(at))
		}
	}
	return slices.DeleteFunc(out, func(s map[string]string) bool { return len(s) == 0 })
}

// middlewares are the names by which Traefik knows the middlewares of a namespace.
func (r Workspaces) middlewares(namespace string) []string {
	var out []string
	known := r.Desired.Cluster.Ingress.Middlewares
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if r.MiddlewareNamespace(known[name]) == namespace {
			out = append(out, namespace+"-"+name+"@kubernetescrd")
		}
	}
	return out
}

// ownSecrets are the Secrets of apps in a namespace, sorted. Pods of charts are not told
// apart from those of others.
func (r Workspaces) ownSecrets(namespace string) []string {
	var out []string
	for _, app := range slices.Sorted(maps.Keys(r.Apps)) {
		if declared := r.Desired.Apps[app]; declared.Namespace == namespace {
			for _, alias := range slices.Sorted(maps.Keys(declared.Secrets)) {
				if s := r.Secrets[app+"/"+alias]; s != nil {
					out = append(out, s.Name)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownClaims are the claims of a namespace that the tree holds, sorted, and how many there
// are with those that StatefulSets and charts make for each of their pods.
func (r Workspaces) ownClaims(namespace string) (held []string, count int64) {
	names := map[string]bool{}
	for name := range r.Desired.Namespaces[namespace].Claims {
		names[name] = true
	}
	for _, app := range r.Apps {
		for _, w := range app {
			for name, v := range w.Declared.Volumes {
				switch {
				case w.Namespace != namespace || v.Size == nil:
				case w.Kind() == "StatefulSet" && w.Replicas() > 1: // it makes them, one for each pod
					count += int64(w.Replicas())
				default:
					names[w.Full+"-"+name] = true
				}
			}
		}
	}
	for _, o := range r.Written {
		if o.ID.Namespace != namespace {
			continue
		}
		switch v := o.Value.(type) {
		case *corev1.PersistentVolumeClaim:
			names[o.ID.Name] = true
		case *appsv1.StatefulSet:
			count += int64(model.PodsOf(v.Spec.Replicas)) * int64(len(v.Spec.VolumeClaimTemplates))
		}
	}
	for _, c := range r.Charts {
		if c.Declared.Namespace != namespace {
			continue
		}
		for _, f := range c.Declared.Footprint {
			count += int64(f.Pods(len(r.Desired.Cluster.Nodes)) * len(f.Claims))
		}
	}
	return slices.Sorted(maps.Keys(names)), count + int64(len(names))
}
