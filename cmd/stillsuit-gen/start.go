package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks/secrets"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/inventory"
)

// start is how one container of an entry starts, as rendered.
type start struct {
	workload, name string
	user           *int64 // nil for the image's
	readOnly       bool
	writes         []string // paths of volumes that it may write to, sorted
	low            []int32  // ports below 1024
	binds          bool     // it may bind those as a user other than root
}

// starts are the containers of an entry's pods, init containers last.
func (e told) starts() ([]start, error) {
	if e.Kind == evaluate.KindChart {
		return nil, nil
	}
	templates, err := e.subject().PodTemplates()
	if err != nil {
		return nil, err
	}
	var out []start
	for _, p := range templates {
		if len(p.Object.Origin) < 2 || p.Object.Origin[0] != "apps" || p.Object.Origin[1] != e.Name {
			continue
		}
		for _, c := range slices.Concat(p.Spec.Containers, p.Spec.InitContainers) {
			out = append(out, startOf(p, &c))
		}
	}
	return out, nil
}

func startOf(p *inventory.PodTemplate, c *corev1.Container) start {
	s := start{workload: p.Object.Name, name: c.Name}
	if p.Spec.SecurityContext != nil {
		s.user = p.Spec.SecurityContext.RunAsUser
	}
	if own := c.SecurityContext; own != nil {
		if own.RunAsUser != nil {
			s.user = own.RunAsUser
		}
		s.readOnly = own.ReadOnlyRootFilesystem != nil && *own.ReadOnlyRootFilesystem
		s.binds = own.Capabilities != nil && slices.Contains(own.Capabilities.Add, "NET_BIND_SERVICE")
	}
	for _, m := range c.VolumeMounts {
		if !m.ReadOnly {
			s.writes = append(s.writes, m.MountPath)
		}
	}
	slices.Sort(s.writes)
	for _, port := range c.Ports {
		if port.ContainerPort < 1024 {
			s.low = append(s.low, port.ContainerPort)
		}
	}
	return s
}

// words says it on a line of the page.
func (s start) words() string {
	user := "the image's user"
	if s.user != nil {
		user = fmt.Sprintf("user %d", *s.user)
	}
	if s.user != nil && *s.user == 0 {
		user = "root"
	}
	root := "writable root"
	if s.readOnly {
		root = "read-only root"
	}
	out := fmt.Sprintf("`%s/%s` starts as %s with a %s", s.workload, s.name, user, root)
	if len(s.writes) > 0 {
		out += ", and may write " + strings.Join(quoted(s.writes), ", ")
	}
	return out
}

// subject is the cluster that holds the entry alone.
func (e told) subject() *inventory.Subject {
	return inventory.Declared(e.Cluster.Desired, e.Rendering.Set, nil, func(string) []byte { return nil })
}

// wants lists what the user gives: Secrets and values.
func (e told) wants() []string {
	var out []string
	for _, need := range secrets.Needs(e.subject()) {
		if len(need.Entry) < 2 || need.Entry[1] != e.Name {
			continue
		}
		keys := "whose keys its chart decides"
		if len(need.Keys) > 0 {
			keys = "with the " + finding.Named("key", quoted(need.Keys))
		}
		out = append(out, fmt.Sprintf("Secret `%s`, %s: `secrets: %s: \"secrets/%[1]s.sops.yaml\"`", need.Name, keys, need.Alias))
	}
	needs := map[string]string{}
	switch e.Kind {
	case evaluate.KindApp:
		needs = e.Cluster.Apps[e.Name].Needs
	case evaluate.KindChart:
		needs = e.Cluster.Charts[e.Name].Needs
	case evaluate.KindContainer:
		needs = e.Cluster.Apps[e.Name].Workloads[""].Containers["main"].Needs
	}
	for _, path := range slices.Sorted(maps.Keys(needs)) {
		out = append(out, fmt.Sprintf("`%s`: %s", strings.ReplaceAll(path, " | ", "` or `"), needs[path]))
	}
	return out
}

// quoted are names as Markdown writes code.
func quoted(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, "`"+n+"`")
	}
	return out
}
