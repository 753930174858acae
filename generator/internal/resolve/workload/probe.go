package workload

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Probe is what a container is asked, and at which of its ports; "" when it is a command
// that tells.
type Probe struct {
	Declared *model.Probe
	Port     string
}

// ready is the readiness probe: what is declared, else that the first TCP port
// of a main container accepts a connection. Flux waits for it, so that a unit
// is healthy only when it serves.
func (r containers) ready(w *scope.Workload, at model.Path, field string, c *model.Container) *Probe {
	if c.Ready != nil {
		return r.probe(at.Join("ready"), c, c.Ready)
	}
	if !askedFirst(w, field, c) {
		return nil
	}
	return r.probe(at, c, &model.Probe{})
}

// started is the startup probe; it asks what ready asks, unless it says another question.
func (r containers) started(at model.Path, c *model.Container) *Probe {
	return r.probe(at.Join("started"), c, startedProbe(c))
}

func startedProbe(c *model.Container) *model.Probe {
	if c.Started == nil || c.Started.Off != "" {
		return nil
	}
	s := *c.Started
	if s.Path == "" && len(s.Command) == 0 && s.Port == "" && c.Ready != nil {
		s.Path, s.Command, s.Port, s.Scheme, s.Headers = c.Ready.Path, c.Ready.Command, c.Ready.Port, c.Ready.Scheme, c.Ready.Headers
	}
	return &s
}

func (r containers) probe(at model.Path, c *model.Container, in *model.Probe) *Probe {
	if in == nil || in.Off != "" {
		return nil
	}
	if in.Path == "" && (in.Scheme != "" || len(in.Headers) > 0) {
		field := "headers"
		if in.Scheme != "" {
			field = "scheme"
		}
		r.Error(at.Join(field), "probe/no-path", fmt.Sprintf("the probe has %s and no path, so it sends no request", field), "", `add path: "/", or remove `+field)
	}
	if len(in.Command) > 0 {
		if in.Path != "" {
			r.Error(at, "probe/two-questions", "the probe has a path and a command", "it can ask one thing", "keep one of them")
		}
		return &Probe{in, ""}
	}
	port, ok := r.probePort(at, c, in.Port)
	if !ok {
		return nil
	}
	return &Probe{in, port}
}

// probePort is the port that is asked: the named one, http, or the lowest number.
func (r containers) probePort(at model.Path, c *model.Container, name string) (string, bool) {
	if _, ok := c.Ports[name]; ok {
		return name, true
	}
	names := slices.Sorted(maps.Keys(c.Ports))
	if name != "" {
		r.Error(at.Join("port"), "app/unknown-port", fmt.Sprintf("the probe asks port %s", name),
			finding.Has("the container", "port", names), finding.DidYouMean(name, names, "name one of them")).Like(name, names)
		return "", false
	}
	if len(names) == 0 {
		r.Error(at, "app/unknown-port", "the probe names no port", "the container has none", "add ports, or a command to run")
		return "", false
	}
	return firstPort(c), true
}

// firstPort is the port of a container that a probe asks unless it names one; "" without any.
func firstPort(c *model.Container) string {
	names := slices.Sorted(maps.Keys(c.Ports))
	switch {
	case len(names) == 0:
		return ""
	case slices.Contains(names, "http"):
		return "http"
	}
	return slices.MinFunc(names, func(a, b string) int { return cmp.Compare(c.Ports[a], c.Ports[b]) })
}
