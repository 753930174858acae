package workload

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
)

// Pod is what the pods of a workload are made from.
type Pod struct {
	UsesAPI      bool
	RuntimeClass string
	Containers   []Container // those that run to their end first, then sidecars
	Volumes      volumes
	Files        files
	All          []corev1.Volume // those of volumes, files and containers, each once
	Place        Placement
	Secrets      string   // a hash of the SOPS files that the pods read; "" when they read none
	Exempt       []string // what is loosened, and why
}

// pod resolves the pods of a workload.
func (r Pods) pod(w *scope.Workload) Pod {
	if len(w.Declared.Containers) == 0 {
		r.Error(w.At, "app/missing-field", w.Full+" has no containers", "a workload runs at least one", `add containers: main: image: "…"`)
	}
	r.podSecurity(w)
	out := Pod{UsesAPI: w.HasGrants(r.Desired), RuntimeClass: w.Declared.RuntimeClass, Volumes: r.volumes(w), Files: fileReader{r.Scope}.files(w)}
	for _, set := range []scope.Set{{Field: "init", Containers: w.Declared.Init}, {Field: "sidecars", Containers: w.Declared.Sidecars}, {Field: "containers", Containers: w.Declared.Containers}} {
		for _, name := range slices.Sorted(maps.Keys(set.Containers)) {
			var all []corev1.VolumeMount
			if set.Field == "containers" {
				all = out.Volumes.mounts
			}
			out.Containers = append(out.Containers, containers{r.Scope}.container(w, set.Field, name, set.Containers[name], all, out.Files.mounts[set.Field+"/"+name]))
		}
	}
	out.Place = Places{r.Scope}.place(w, out.arches())
	out.Secrets = hashed(out.reads())
	out.Exempt = slices.Clone(out.Volumes.exempt)
	out.All = slices.Concat(out.Volumes.list, out.Files.volumes)
	for _, c := range out.Containers {
		out.Exempt = append(out.Exempt, c.exempt...)
		out.All = append(out.All, c.volumes...)
		if c.Gpu != nil && out.RuntimeClass == "" {
			out.RuntimeClass = c.Gpu.RuntimeClass
		}
	}
	out.All = each(out.All)
	if w.Declared.HostNetwork != "" {
		out.Exempt = append(out.Exempt, "hostNetwork: "+w.Declared.HostNetwork)
	}
	return out
}

// arches are what the images of the containers are built for, where that is known.
func (p *Pod) arches() []imageArches {
	var out []imageArches
	for _, c := range p.Containers {
		if c.built != nil {
			out = append(out, *c.built)
		}
	}
	return out
}

// reads are the secrets on which the pods depend, so that they roll when those change.
func (p *Pod) reads() []*scope.Secret {
	out := slices.Clone(p.Files.secrets)
	for _, c := range p.Containers {
		out = append(out, c.secrets...)
	}
	return out
}

// hashed is a hash of the SOPS files among secrets, each read once.
func hashed(secrets []*scope.Secret) string {
	hash, read := sha256.New(), map[string]bool{}
	for _, s := range secrets {
		if s.Bytes != nil && !read[s.File] {
			read[s.File] = true
			_, _ = hash.Write(s.Bytes) // a hash never returns an error
		}
	}
	if len(read) == 0 {
		return ""
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// each keeps the first volume of each name.
func each(volumes []corev1.Volume) []corev1.Volume {
	out := volumes[:0]
	for _, v := range volumes {
		if !slices.ContainsFunc(out, func(o corev1.Volume) bool { return o.Name == v.Name }) {
			out = append(out, v)
		}
	}
	return out
}
