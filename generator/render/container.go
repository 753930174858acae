package render

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/quantities"
)

// containers resolves the containers of pods.
type containers struct{ *scope }

// container is one container of a pod.
type container struct {
	*model.Container
	field, name string // containers and main
	image       string // with the digest, when the lock knows it
	built       *imageArches
	env         []corev1.EnvVar
	secrets     []*secret // that env is from
	ports       []port
	gpu         *model.GPU // nil when it has none
	ready       *probe
	alive       *probe
	started     *probe
	mounts      []corev1.VolumeMount
	volumes     []corev1.Volume // of its own: devices and scratch space
	exempt      []string
}

// container resolves one container of a workload. Volumes are mounted that the workload
// says to mount in every main container, and that hold the container's files.
func (r containers) container(w *workload, field, name string, c *model.Container, all, files []corev1.VolumeMount) container {
	at := w.at.Join(field, name)
	out := container{Container: c, field: field, name: name, gpu: r.gpuOf(at, c), exempt: exempted(name, c)}
	out.image, out.built = r.image(w, at, name, c)
	out.env, out.secrets = r.env(w, at, c)
	r.containerSecurity(w, at, c)
	for _, port := range w.ports {
		if port.container == name && field != "init" && slices.Equal(port.at[:len(at)], at) {
			out.ports = append(out.ports, port)
		}
	}
	if field != "init" {
		out.ready = r.ready(w, at, field, c)
		out.alive = r.probe(at.Join("alive"), c, c.Alive)
		out.started = r.started(at, c)
	}
	out.mounts, out.volumes = r.mounts(w, at, name, c, all, files)
	return out
}

// gpuOf is the kind of GPU that a container asks for; nil when it asks for none.
func (r containers) gpuOf(at model.Path, c *model.Container) *model.GPU {
	r.checkAmounts(at, "the container", c.Requests, c.Limits)
	if c.GPU == 0 {
		return nil
	}
	gpu := r.gpu()
	if gpu == nil {
		r.Error(at.Join("gpu"), "place/no-gpu", "the container asks for a GPU", "no node of this cluster has one",
			"declare gpu on the node that has it, or remove it here")
	}
	return gpu
}

// checkAmounts reports requests above their limits.
func (r *scope) checkAmounts(at model.Path, who string, requests, limits model.Resources) {
	asked, allowed := list(requests), list(limits)
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		request, limit := asked[name], allowed[name]
		known := quantities.Known(request) && quantities.Known(limit) // else it is refused where it stands
		if _, limited := allowed[name]; limited && known && request.Cmp(limit) > 0 {
			r.Error(at.Join("requests", string(name)), "app/request-above-limit",
				fmt.Sprintf("%s requests %s of %s", who, request.String(), name),
				fmt.Sprintf("its limit is %s", limit.String()), "raise the limit or lower the request")
		}
	}
}

// gpu returns the cluster's kind of GPU: that of the first node that has one.
func (r containers) gpu() *model.GPU {
	for _, name := range sorted(r.d.Cluster.Nodes) {
		if gpu := r.d.Cluster.Nodes[name].GPU; gpu != nil && gpu.Resource != "" {
			return gpu
		}
	}
	return nil
}

// env is the environment, with the secrets that it is from: from the pod and from secrets
// first, so that what is written out can refer to them as $(NAME); values that refer come last.
func (r containers) env(w *workload, at model.Path, c *model.Container) ([]corev1.EnvVar, []*secret) {
	var from []*secret
	var out, referring []corev1.EnvVar
	seen := map[string]string{}
	once := func(field, name string) bool {
		if other, twice := seen[name]; twice {
			r.Error(at.Join(field, name), "env/twice",
				fmt.Sprintf("%s is set in %s", name, field), fmt.Sprintf("%s sets it too", other), "keep one")
			return false
		}
		seen[name] = field
		return true
	}
	for _, name := range sorted(c.FieldEnv) {
		if once("fieldEnv", name) {
			out = append(out, corev1.EnvVar{Name: name, ValueFrom: fieldSource(c.FieldEnv[name])})
		}
	}
	for _, name := range sorted(c.SecretEnv) {
		if !once("secretEnv", name) {
			continue
		}
		s, key := r.keyOf(at.Join("secretEnv", name), &w.party, w.app.Secrets, c.SecretEnv[name])
		if s == nil {
			continue
		}
		from = append(from, s)
		out = append(out, corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: s.name}, Key: key,
		}}})
	}
	if _, set := c.Env["TZ"]; !set && seen["TZ"] == "" {
		out = append(out, corev1.EnvVar{Name: "TZ", Value: r.d.Cluster.Timezone})
	}
	for _, name := range sorted(c.Env) {
		if !once("env", name) {
			continue
		}
		v := corev1.EnvVar{Name: name, Value: string(c.Env[name])}
		if strings.Contains(v.Value, "$(") {
			referring = append(referring, v)
		} else {
			out = append(out, v)
		}
	}
	return append(out, referring...), from
}

func fieldSource(field string) *corev1.EnvVarSource {
	if strings.HasPrefix(field, "limits.") || strings.HasPrefix(field, "requests.") {
		return &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: field}}
	}
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: field}}
}
