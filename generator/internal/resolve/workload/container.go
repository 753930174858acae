package workload

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// containers resolves the containers of pods.
type containers struct{ *scope.Scope }

// Container is one container of a pod.
type Container struct {
	Declared    *model.Container
	Field, Name string // containers and main
	Image       string // with the digest, when the lock knows it
	built       *imageArches
	Env         []corev1.EnvVar
	secrets     []*scope.Secret // that env is from
	Ports       []scope.Port
	Gpu         *model.GPU // nil when it has none
	Ready       *Probe
	Alive       *Probe
	Started     *Probe
	Mounts      []corev1.VolumeMount
	volumes     []corev1.Volume // of its own: devices and scratch space
	exempt      []string
}

// container resolves one container of a workload. Volumes are mounted that the workload
// says to mount in every main container, and that hold the container's files.
func (r containers) container(w *scope.Workload, field, name string, c *model.Container, all, files []corev1.VolumeMount) Container {
	at := w.At.Join(field, name)
	out := Container{Declared: c, Field: field, Name: name, Gpu: r.gpuOf(at, c), exempt: exempted(name, c)}
	out.Image, out.built = r.image(w, at, name, c)
	out.Env, out.secrets = r.env(w, at, c)
	r.containerSecurity(w, at, c)
	r.extended(w, at, c)
	for _, port := range w.Ports {
		if port.Container == name && field != "init" && slices.Equal(port.At[:len(at)], at) {
			out.Ports = append(out.Ports, port)
		}
	}
	if field != "init" {
		out.Ready = r.ready(w, at, field, c)
		out.Alive = r.probe(at.Join("alive"), c, c.Alive)
		out.Started = r.started(at, c)
	}
	out.Mounts, out.volumes = r.mounts(w, at, name, c, all, files)
	return out
}

// gpuOf is the kind of GPU that a container asks for; nil when it asks for none.
func (r containers) gpuOf(at model.Path, c *model.Container) *model.GPU {
	r.CheckAmounts(at, "the container", c.Requests, c.Limits)
	scope.CheckCores(r.Scope, at, "container "+at[len(at)-1], c.Requests, c.Limits)
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

// gpu returns the cluster's kind of GPU: that of the first node that has one.
func (r containers) gpu() *model.GPU {
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		if gpu := r.Desired.Cluster.Nodes[name].GPU; gpu != nil && gpu.Resource != "" {
			return gpu
		}
	}
	return nil
}

// env is the environment, with the secrets that it is from: from the pod and from secrets
// first, so that what is written out can refer to them as $(NAME); values that refer come last.
func (r containers) env(w *scope.Workload, at model.Path, c *model.Container) ([]corev1.EnvVar, []*scope.Secret) {
	var from []*scope.Secret
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
	for _, name := range slices.Sorted(maps.Keys(c.FieldEnv)) {
		if once("fieldEnv", name) {
			out = append(out, corev1.EnvVar{Name: name, ValueFrom: fieldSource(c.FieldEnv[name])})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.SecretEnv)) {
		if !once("secretEnv", name) {
			continue
		}
		s, key := r.KeyOf(at.Join("secretEnv", name), &w.Party, w.App.Secrets, c.SecretEnv[name])
		if s == nil {
			continue
		}
		from = append(from, s)
		out = append(out, corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: s.Name}, Key: key,
		}}})
	}
	if _, set := c.Env["TZ"]; !set && seen["TZ"] == "" {
		out = append(out, corev1.EnvVar{Name: "TZ", Value: r.Desired.Cluster.Timezone})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
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
