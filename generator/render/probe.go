package render

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/model"
)

// ready is the readiness probe: what is declared, else that the first TCP port
// of a main container accepts a connection. Flux waits for it, so that a unit
// is healthy only when it serves.
func (p *pod) ready(at model.Path, field string, c *model.Container) *corev1.Probe {
	if c.Ready != nil {
		return p.probe(at.Join("ready"), c, c.Ready)
	}
	if kind := p.w.kind(); field != "containers" || len(c.Ports) == 0 || kind == "Job" || kind == "CronJob" {
		return nil
	}
	return p.probe(at, c, &model.Probe{})
}

// started is the startup probe; it asks what ready asks, unless it says another question.
func (p *pod) started(at model.Path, c *model.Container) *corev1.Probe {
	if c.Started == nil || c.Started.Off != "" {
		return nil
	}
	s := *c.Started
	if s.Path == "" && len(s.Command) == 0 && s.Port == "" && c.Ready != nil {
		s.Path, s.Command, s.Port, s.Scheme = c.Ready.Path, c.Ready.Command, c.Ready.Port, c.Ready.Scheme
	}
	probe := p.probe(at.Join("started"), c, &s)
	if probe != nil && s.Failures == 0 {
		every := s.Every.Or(10 * time.Second)
		probe.FailureThreshold = times(s.Within.Or(5*time.Minute), every)
	}
	return probe
}

func (p *pod) probe(at model.Path, c *model.Container, in *model.Probe) *corev1.Probe {
	if in == nil || in.Off != "" {
		return nil
	}
	out := &corev1.Probe{FailureThreshold: in.Failures}
	if in.Every != 0 {
		out.PeriodSeconds = seconds(time.Duration(in.Every))
	}
	if in.Timeout != 0 {
		out.TimeoutSeconds = seconds(time.Duration(in.Timeout))
	}
	if len(in.Command) > 0 {
		if in.Path != "" {
			p.Error(at, "probe/two-questions", "the probe has a path and a command", "it can ask one thing", "keep one of them")
		}
		out.Exec = &corev1.ExecAction{Command: in.Command}
		return out
	}
	name, ok := p.probePort(at, c, in.Port)
	if !ok {
		return nil
	}
	port := intstr.FromString(name)
	if in.Path == "" {
		out.TCPSocket = &corev1.TCPSocketAction{Port: port}
		return out
	}
	out.HTTPGet = &corev1.HTTPGetAction{Path: in.Path, Port: port, Scheme: corev1.URIScheme(in.Scheme)}
	return out
}

// probePort is the port that is asked: the named one, http, or the lowest number.
func (p *pod) probePort(at model.Path, c *model.Container, name string) (string, bool) {
	if _, ok := c.Ports[name]; ok {
		return name, true
	}
	names := sorted(c.Ports)
	if name != "" {
		p.Error(at.Join("port"), "app/unknown-port", fmt.Sprintf("the probe asks port %s", name),
			has("the container", "port", names), didYouMean(name, names, "name one of them"))
		return "", false
	}
	if len(names) == 0 {
		p.Error(at, "app/unknown-port", "the probe names no port", "the container has none", "add ports, or a command to run")
		return "", false
	}
	if slices.Contains(names, "http") {
		return "http", true
	}
	return slices.MinFunc(names, func(a, b string) int { return compare(c.Ports[a], c.Ports[b]) }), true
}
