package render

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/quantities"
)

// container renders one container of the pod.
func (p *pod) container(field, name string, c *model.Container) corev1.Container {
	at := p.path(field, name)
	out := corev1.Container{
		Name: name, Image: p.image(at, name, c),
		Command: c.Command, Args: c.Args, WorkingDir: c.WorkingDir,
		Env:             p.env(at, c),
		Resources:       p.resources(at, c),
		SecurityContext: p.containerSecurity(at, name, c),
	}
	for _, port := range p.w.ports {
		if port.container == name && field != "init" && slices.Equal(port.at[:len(at)], at) {
			out.Ports = append(out.Ports, corev1.ContainerPort{Name: port.name, ContainerPort: port.number, Protocol: port.protocol})
		}
	}
	if field != "init" {
		out.ReadinessProbe = p.ready(at, field, c)
		out.LivenessProbe = p.probe(at.Join("alive"), c, c.Alive)
		out.StartupProbe = p.started(at, c)
	}
	out.VolumeMounts = p.mounts(at, field, name, c)
	out.VolumeDevices = nil
	return out
}

// resources renders requests and limits, and GPUs with their runtime class.
func (p *pod) resources(at model.Path, c *model.Container) corev1.ResourceRequirements {
	out := corev1.ResourceRequirements{Requests: list(c.Requests), Limits: list(c.Limits)}
	p.checkAmounts(at, "the container", c.Requests, c.Limits)
	if c.GPU == 0 {
		return out
	}
	gpu := p.gpu()
	if gpu == nil {
		p.Error(at.Join("gpu"), "place/no-gpu", "the container asks for a GPU", "no node of this cluster has one",
			"declare gpu on the node that has it, or remove it here")
		return out
	}
	if out.Limits == nil {
		out.Limits = corev1.ResourceList{}
	}
	out.Limits[corev1.ResourceName(gpu.Resource)] = *resource.NewQuantity(c.GPU, resource.DecimalSI)
	if gpu.RuntimeClass != "" && p.w.RuntimeClass == "" {
		p.Spec.RuntimeClassName = ptr(gpu.RuntimeClass)
	}
	return out
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
func (r *scope) gpu() *model.GPU {
	for _, name := range sorted(r.d.Cluster.Nodes) {
		if gpu := r.d.Cluster.Nodes[name].GPU; gpu != nil && gpu.Resource != "" {
			return gpu
		}
	}
	return nil
}

func list(in model.Resources) corev1.ResourceList {
	out := corev1.ResourceList{}
	if in.CPU != nil {
		out[corev1.ResourceCPU] = *in.CPU
	}
	if in.Memory != nil {
		out[corev1.ResourceMemory] = *in.Memory
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// env renders the environment: from the pod and from secrets first, so that
// what is written out can refer to them as $(NAME); values that refer come last.
func (p *pod) env(at model.Path, c *model.Container) []corev1.EnvVar {
	var out, referring []corev1.EnvVar
	seen := map[string]string{}
	once := func(field, name string) bool {
		if other, twice := seen[name]; twice {
			p.Error(at.Join(field, name), "env/twice",
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
		s, key := p.secretKey(at.Join("secretEnv", name), p.w, c.SecretEnv[name])
		if s == nil {
			continue
		}
		p.reads(s)
		out = append(out, corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: s.name}, Key: key,
		}}})
	}
	if _, set := c.Env["TZ"]; !set && seen["TZ"] == "" {
		out = append(out, corev1.EnvVar{Name: "TZ", Value: p.d.Cluster.Timezone})
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
	return append(out, referring...)
}

func fieldSource(field string) *corev1.EnvVarSource {
	if strings.HasPrefix(field, "limits.") || strings.HasPrefix(field, "requests.") {
		return &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: field}}
	}
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: field}}
}

// didYouMean is the mend for a name that does not exist.
func didYouMean(word string, known []string, otherwise string) string {
	return finding.DidYouMean(word, known, otherwise)
}
