package secrets

import (
	"fmt"
	"path"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// codeClear is that of a Secret in plain text in a tree; in a cluster the rendering refuses it.
const codeClear finding.Code = "secret/clear-text"

// readable reports Secrets of a tree that no CUE produced whose values everybody can read. What
// a generator of kustomize or a chart made is a warning: the file that it reads may not be in
// the repository, and a chart's own value is known to everybody anyway.
func (c *checking) readable(objects []object) {
	if c.Cluster != nil {
		return
	}
	for _, o := range objects {
		manifest.SecretsIn(o.fields, nil, func(secret map[string]any, keys []string) {
			if found := manifest.ClearText(secret); len(found) > 0 {
				c.plain(o, secret, keys, found)
			}
		})
	}
}

func (c *checking) plain(o object, secret map[string]any, keys []string, found [][]string) {
	at := inventory.Spot{Object: o.Object, Keys: append(keys, found[0]...)}
	var names []string
	for _, key := range found {
		names = append(names, key[1])
	}
	what := "Secret " + name{o.Namespace, o.Name}.String() + " has"
	if len(keys) > 0 {
		what = o.ID.DisplayName() + " holds a Secret with"
	}
	f := finding.Finding{
		Code: codeClear, Severity: finding.Error, Problem: fmt.Sprintf("%s the %s in plain text", what, finding.Named("key", names)),
		Detail: "anyone who can read the repository can read it",
	}
	place, _ := c.Places.Locate(at)
	file := place.File
	f.Fix = fmt.Sprintf("encrypt it with sops --encrypt --in-place %s, and change what it protects", file)
	if strings.HasPrefix(strings.ToLower(path.Base(file)), "kustomization") {
		f.Severity, f.Fix = finding.Warning, "give the generator a file that SOPS encrypted, and change what the Secret protects"
	} else if byChart(secret) {
		f.Severity, f.Fix = finding.Warning, "give the chart a Secret that lies in the repository encrypted, or encrypt this file"
	}
	c.Report(at, f)
}

// byChart reports whether the labels say that Helm made the object (helm.sh/docs,
// chart_best_practices/labels).
func byChart(o map[string]any) bool {
	md, _ := o["metadata"].(map[string]any)
	labels, _ := md["labels"].(map[string]any)
	_, chart := labels["helm.sh/chart"]
	return chart || labels["app.kubernetes.io/managed-by"] == "Helm"
}
