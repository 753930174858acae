package rig

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/model"
)

// Charts packs a stand-in for each chart of a cluster, by the name that its
// source asks for: pods as its footprint says, the Services that it declares,
// and the definitions of the API groups that it provides. Charts themselves are
// not fetched, so what their templates make of our values is not seen; but
// Kyverno's is, which lies in its module.
func (b *Binaries) Charts(ctx context.Context, charts map[string]*model.Chart) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(charts)) {
		c := charts[name]
		if c.Off != "" || c.Outside != "" {
			continue
		}
		key, version := chartKey(c)
		files := fstest.MapFS{}
		dir, _, _ := strings.Cut(path.Base(key), "@")
		put := func(file string, object any) error {
			text, err := yaml.Marshal(object)
			files[path.Join(dir, file)] = &fstest.MapFile{Data: text}
			return err
		}
		if err := put("Chart.yaml", map[string]any{"apiVersion": "v2", "name": dir, "version": strings.TrimPrefix(version, "v")}); err != nil {
			return nil, err
		}
		for _, group := range c.Provides {
			definitions, err := b.Definitions(ctx, group)
			if err != nil {
				return nil, err
			}
			for _, d := range definitions {
				silence(d.Object)
				if err := put("crds/"+d.GetName()+".yaml", d.Object); err != nil {
					return nil, err
				}
			}
		}
		if dir == kyvernoChart {
			if err := b.kyvernoChart(ctx, files, version); err != nil {
				return nil, err
			}
			archive, err := Pack(files)
			if err != nil {
				return nil, err
			}
			out[key] = archive
			continue
		}
		for _, component := range slices.Sorted(maps.Keys(c.Footprint)) {
			if f := c.Footprint[component]; f.Off == "" {
				if err := put("templates/"+component+".yaml", podsOf(name, component, c, f)); err != nil {
					return nil, err
				}
			}
		}
		for _, s := range slices.Sorted(maps.Keys(c.Services)) {
			if err := put("templates/service-"+s+".yaml", serviceOf(name, s, c)); err != nil {
				return nil, err
			}
		}
		archive, err := Pack(files)
		if err != nil {
			return nil, err
		}
		out[key] = archive
	}
	return out, nil
}

// silence takes the descriptions out of a definition: Helm keeps a release in a
// Secret, which holds no more than a mebibyte.
func silence(value any) {
	switch v := value.(type) {
	case map[string]any:
		if _, text := v["description"].(string); text {
			delete(v, "description")
		}
		for _, inner := range v {
			silence(inner)
		}
	case []any:
		for _, inner := range v {
			silence(inner)
		}
	}
}

// chartKey is how a chart's source asks for it: name@version.
func chartKey(c *model.Chart) (key, version string) {
	if reference, found := strings.CutPrefix(c.Chart, "oci://"); found {
		i := strings.LastIndex(reference, ":")
		return path.Base(reference[:i]) + "@" + reference[i+1:], reference[i+1:]
	}
	return path.Base(c.Chart) + "@" + c.Version, c.Version
}

// podsOf is a Deployment, StatefulSet or DaemonSet of pods that ask for what a
// component of the chart asks for, and meet the strictest Pod Security level.
func podsOf(chart, component string, c *model.Chart, f *model.Footprint) map[string]any {
	labels := map[string]string{"app.kubernetes.io/instance": chart, "app.kubernetes.io/component": component}
	maps.Copy(labels, c.Pods)
	resources := map[string]any{}
	for field, amounts := range map[string]*model.Resources{"requests": f.Requests, "limits": f.Limits} {
		if amounts == nil {
			continue
		}
		list := map[string]string{}
		if amounts.CPU != nil {
			list["cpu"] = amounts.CPU.String()
		}
		if amounts.Memory != nil {
			list["memory"] = amounts.Memory.String()
		}
		resources[field] = list
	}
	spec := map[string]any{
		"selector": map[string]any{"matchLabels": labels},
		"template": map[string]any{
			"metadata": map[string]any{"labels": labels},
			"spec": map[string]any{
				"automountServiceAccountToken": false,
				"securityContext":              map[string]any{"runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": map[string]any{"type": "RuntimeDefault"}},
				"containers": []any{map[string]any{
					"name": "main", "image": pause, "resources": resources,
					"securityContext": map[string]any{"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": []string{"ALL"}}},
				}},
			},
		},
	}
	pod := spec["template"].(map[string]any)["spec"].(map[string]any)
	if len(f.Labels) > 0 {
		pod["nodeSelector"] = f.Labels
	}
	var tolerations []any
	for _, key := range f.Tolerate {
		if key == "*" {
			key = ""
		}
		tolerations = append(tolerations, map[string]any{"key": key, "operator": "Exists"})
	}
	pod["tolerations"] = tolerations
	kind := "DaemonSet"
	if !f.PerNode {
		if kind = "Deployment"; len(f.Claims) > 0 {
			kind = "StatefulSet"
			spec["serviceName"] = chart
			var claims []any
			for _, name := range slices.Sorted(maps.Keys(f.Claims)) {
				claim := map[string]any{"accessModes": []string{"ReadWriteOnce"}, "resources": map[string]any{"requests": map[string]string{"storage": "1Gi"}}}
				if f.Claims[name] != "" {
					claim["storageClassName"] = f.Claims[name]
				}
				claims = append(claims, map[string]any{"metadata": map[string]any{"name": name}, "spec": claim})
			}
			spec["volumeClaimTemplates"] = claims
		}
		spec["replicas"] = 1
		if f.Replicas != nil {
			spec["replicas"] = *f.Replicas
		}
	}
	return map[string]any{
		"apiVersion": "apps/v1", "kind": kind,
		"metadata": map[string]any{"name": chart + "-" + component, "namespace": "{{ .Release.Namespace }}"},
		"spec":     spec,
	}
}

// serviceOf is a Service of the chart, as the cluster declares it.
func serviceOf(chart, name string, c *model.Chart) map[string]any {
	s := c.Services[name]
	protocol := "TCP"
	if s.UDP {
		protocol = "UDP"
	}
	service := s.Service
	if service == "" {
		service = chart
	}
	// Several names may be of one Service: the ports of each are told apart.
	return map[string]any{
		"apiVersion": "v1", "kind": "Service",
		"metadata": map[string]any{"name": fmt.Sprintf("%s-%s", service, name), "namespace": "{{ .Release.Namespace }}"},
		"spec": map[string]any{
			"selector": map[string]string{"app.kubernetes.io/instance": chart},
			"ports":    []any{map[string]any{"name": name, "port": s.Port, "protocol": protocol}},
		},
	}
}
