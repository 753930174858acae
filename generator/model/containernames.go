package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// checkRequestNames reports names of resources and of HTTP headers that the API server
// refuses.
func checkRequestNames(r *Reporter, at Path, c *Container) {
	for _, name := range slices.Sorted(maps.Keys(c.Extended)) {
		checkResource(r, at.Join("extended", name))
	}
	for _, probe := range []struct {
		field string
		*Probe
	}{{"ready", c.Ready}, {"alive", c.Alive}, {"started", c.Started}} {
		if probe.Probe == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(probe.Headers)) {
			where := at.Join(probe.field, "headers", name)
			if len(validation.IsHTTPHeaderName(name)) > 0 {
				r.Error(where, "name/invalid", fmt.Sprintf("%s is no name for an HTTP header", quote(name)), "", "write letters, digits and dashes")
			}
			if strings.ContainsAny(probe.Headers[name], "\r\n\x00") {
				r.Error(where, "name/invalid", fmt.Sprintf("the value of HTTP header %s has more than one line", quote(name)), "", "write it on one line")
			}
		}
	}
}

// checkResource reports a name that is none of an extended resource: those have a domain
// that is not Kubernetes' own (IsExtendedResourceName of k8s.io/component-helpers).
func checkResource(r *Reporter, path Path) {
	name := path[len(path)-1]
	domain, _, qualified := strings.Cut(name, "/")
	if qualified && len(validation.IsQualifiedName(name)) == 0 && domain != "kubernetes.io" && !strings.HasSuffix(domain, ".kubernetes.io") && !strings.HasPrefix(name, "requests.") {
		return
	}
	r.Error(path, "name/invalid", fmt.Sprintf("%s is no name for a resource of a device plugin", quote(name)), "", `write its domain and name, like "squat.ai/serial"`)
}
