package render

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// pod is what the pods of a workload are made from.
type pod struct {
	usesAPI      bool
	runtimeClass string
	containers   []container // those that run to their end first, then sidecars
	volumes      volumes
	files        files
	all          []corev1.Volume // those of volumes, files and containers, each once
	place        placement
	secrets      string   // a hash of the SOPS files that the pods read; "" when they read none
	exempt       []string // what is loosened, and why
}

// pod resolves the pods of a workload.
func (r pods) pod(w *workload) pod {
	if len(w.Containers) == 0 {
		r.Error(w.at, "app/missing-field", w.full+" has no containers", "a workload runs at least one", `add containers: main: image: "…"`)
	}
	r.podSecurity(w)
	out := pod{usesAPI: r.usesAPI(w), runtimeClass: w.RuntimeClass, volumes: r.volumes(w), files: fileReader{r.scope}.files(w)}
	for _, set := range []set{{"init", w.Init}, {"sidecars", w.Sidecars}, {"containers", w.Containers}} {
		for _, name := range sorted(set.containers) {
			var all []corev1.VolumeMount
			if set.field == "containers" {
				all = out.volumes.mounts
			}
			out.containers = append(out.containers, containers{r.scope}.container(w, set.field, name, set.containers[name], all, out.files.mounts[set.field+"/"+name]))
		}
	}
	out.place = places{r.scope}.place(w, out.arches())
	out.secrets = hashed(out.reads())
	out.exempt = slices.Clone(out.volumes.exempt)
	out.all = slices.Concat(out.volumes.list, out.files.volumes)
	for _, c := range out.containers {
		out.exempt = append(out.exempt, c.exempt...)
		out.all = append(out.all, c.volumes...)
		if c.gpu != nil && out.runtimeClass == "" {
			out.runtimeClass = c.gpu.RuntimeClass
		}
	}
	out.all = each(out.all)
	if w.HostNetwork != "" {
		out.exempt = append(out.exempt, "hostNetwork: "+w.HostNetwork)
	}
	return out
}

// arches are what the images of the containers are built for, where that is known.
func (p *pod) arches() []imageArches {
	var out []imageArches
	for _, c := range p.containers {
		if c.built != nil {
			out = append(out, *c.built)
		}
	}
	return out
}

// reads are the secrets on which the pods depend, so that they roll when those change.
func (p *pod) reads() []*secret {
	out := slices.Clone(p.files.secrets)
	for _, c := range p.containers {
		out = append(out, c.secrets...)
	}
	return out
}

// hashed is a hash of the SOPS files among secrets, each read once.
func hashed(secrets []*secret) string {
	hash, read := sha256.New(), map[string]bool{}
	for _, s := range secrets {
		if s.bytes != nil && !read[s.file] {
			read[s.file] = true
			_, _ = hash.Write(s.bytes) // a hash never returns an error
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
