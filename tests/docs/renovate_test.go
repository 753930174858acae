package docs

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/cmd/stillsuit-gen/alone"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/library"
)

// preset is the part of renovate.json that finds references.
type preset struct {
	CustomManagers []struct {
		Files    []string `json:"managerFilePatterns"`
		Source   string   `json:"datasourceTemplate"`
		Patterns []string `json:"matchStrings"`
	} `json:"customManagers"`
	PackageRules []struct {
		Names []string `json:"matchPackageNames"`
	} `json:"packageRules"`
}

func readPreset(t *testing.T) preset {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "renovate.json"))
	require.NoError(t, err)
	var p preset
	require.NoError(t, json.Unmarshal(b, &p))
	require.NotEmpty(t, p.CustomManagers)
	return p
}

// found are the references that the preset finds in files, as "source name
// version". Renovate's regular expressions are RE2, which is Go's.
func (p preset) found(t *testing.T, files map[string]string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, m := range p.CustomManagers {
		for name, text := range files {
			if !slices.ContainsFunc(m.Files, func(f string) bool { return regexp.MustCompile(strings.Trim(f, "/")).MatchString(name) }) {
				continue
			}
			for _, pattern := range m.Patterns {
				re := regexp.MustCompile(pattern)
				for _, found := range re.FindAllStringSubmatch(text, -1) {
					ref := m.Source + " "
					if i := re.SubexpIndex("registryUrl"); i > 0 {
						ref += found[i] + " "
					}
					out[ref+found[re.SubexpIndex("depName")]+" "+found[re.SubexpIndex("currentValue")]] = true
				}
			}
		}
	}
	return out
}

// references are those that objects run, written as found writes them.
func references(t *testing.T, objects []*manifest.Object) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	image := func(ref string) {
		ref, _, _ = strings.Cut(ref, "@")
		i := strings.LastIndex(ref, ":")
		out["docker "+ref[:i]+" "+ref[i+1:]] = true
	}
	pods, err := (&inventory.Subject{Objects: objects}).PodTemplates()
	require.NoError(t, err)
	for _, p := range pods {
		for _, c := range p.Containers() {
			image(c.Image)
		}
	}
	repositories := map[string]string{}
	for _, o := range objects {
		switch v := o.Value.(type) {
		case *sourcev1.HelmRepository:
			repositories[v.Namespace+"/"+v.Name] = v.Spec.URL
		case *sourcev1.OCIRepository:
			out["docker "+strings.TrimPrefix(v.Spec.URL, "oci://")+" "+v.Spec.Reference.Tag] = true
		case *sourcev1.GitRepository:
			out["github-tags "+strings.TrimPrefix(v.Spec.URL, "https://github.com/")+" "+v.Spec.Reference.Tag] = true
		}
	}
	for _, o := range objects {
		release, ok := o.Value.(*helmv2.HelmRelease)
		if !ok {
			continue
		}
		if c := release.Spec.Chart; c != nil && c.Spec.SourceRef.Kind == "HelmRepository" {
			url := repositories[release.Namespace+"/"+c.Spec.SourceRef.Name]
			require.NotEmpty(t, url, release.Name)
			out["helm "+url+" "+c.Spec.Chart+" "+c.Spec.Version] = true
		}
		for _, ref := range valuesImages(release.GetValues()) {
			image(ref)
		}
	}
	return out
}

// valuesImages are the images that a chart's values name, whole or by repository
// and tag.
func valuesImages(value any) []string {
	var out []string
	switch v := value.(type) {
	case map[string]any:
		repository, _ := v["repository"].(string)
		if tag, _ := v["tag"].(string); repository != "" && tag != "" {
			out = append(out, repository+":"+tag)
		}
		if whole, ok := v["image"].(string); ok {
			out = append(out, whole)
		}
		for _, below := range v {
			out = append(out, valuesImages(below)...)
		}
	case []any:
		for _, below := range v {
			out = append(out, valuesImages(below)...)
		}
	}
	return out
}

// cueFiles are the files of a directory of the repository.
func cueFiles(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, dir := range dirs {
		require.NoError(t, fs.WalkDir(os.DirFS(root), dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".cue" {
				return err
			}
			b, err := os.ReadFile(filepath.Join(root, name))
			out[name] = string(b)
			return err
		}))
	}
	return out
}

// TestRenovateFindsEveryReference holds what the preset finds in the CUE against
// what both clusters and every entry of the catalogue render to.
func TestRenovateFindsEveryReference(t *testing.T) {
	rendered := map[string]bool{}
	entries, err := alone.Entries(t.Context(), root)
	require.NoError(t, err)
	for _, e := range entries {
		maps.Copy(rendered, references(t, e.Rendering.Objects()))
	}
	repo, err := generator.Open(root, &generator.Options{Library: library.FS})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	for _, name := range []string{"arrakeen", "turingpi"} {
		cluster, _, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		rendering, _, err := generator.Render(cluster)
		require.NoError(t, err)
		maps.Copy(rendered, references(t, rendering.Objects()))
	}
	p := readPreset(t)
	found := p.found(t, cueFiles(t, "apps", "clusters"))
	require.Greater(t, len(found), 40)
	require.Equal(t, slices.Sorted(maps.Keys(rendered)), slices.Sorted(maps.Keys(found)))
	for _, rule := range p.PackageRules {
		for _, name := range rule.Names {
			require.True(t, slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(ref string) bool { return strings.Contains(ref, " "+name+" ") }), "no reference is called %s", name)
		}
	}
}

func TestRenovateFinds(t *testing.T) {
	p := readPreset(t)
	for text, want := range map[string]string{
		`image: "ghcr.io/example/site:1.0.0"`:                                                        "docker ghcr.io/example/site 1.0.0",
		`image:     "localhost:5000/site:v1@sha256:` + strings.Repeat("1", 64) + `" // why`:          "docker localhost:5000/site v1",
		`chart: "oci://ghcr.io/example/charts/site:1.2.3"`:                                           "docker ghcr.io/example/charts/site 1.2.3",
		`{repo: "https://charts.example.com", chart: "site", version: "1.2.3"}`:                      "helm https://charts.example.com site 1.2.3",
		"repo:    \"https://charts.example.com\" // ours\n\tchart:   \"site\"\n\tversion: \"1.2.3\"": "helm https://charts.example.com site 1.2.3",
		"git: \"https://github.com/owner/name\"\nchart: \"deploy\"\nversion: \"v1\"":                 "github-tags owner/name v1",
		`image: {repository: "docker.io/example/site", tag: "v1"}`:                                   "docker docker.io/example/site v1",
		`image: "ghcr.io/example/site:\(version)"`:                                                   "",
		`image: "ghcr.io/example/" + name`:                                                           "",
	} {
		found := slices.Collect(maps.Keys(p.found(t, map[string]string{"apps/site/site.cue": text})))
		require.Equal(t, want, strings.Join(found, "; "), text)
		require.Empty(t, p.found(t, map[string]string{"docs/site.cue": text}), text)
	}
}
