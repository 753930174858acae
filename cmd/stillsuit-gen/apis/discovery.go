package apis

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// discovered is aggregated discovery (apidiscovery.k8s.io), as far as it is read here.
type discovered struct {
	Items []struct {
		Metadata struct{ Name string }
		Versions []struct {
			Version   string
			Resources []struct {
				Resource, Scope, SingularResource string
				ShortNames, Verbs                 []string
				ResponseKind                      struct{ Kind string }
				Subresources                      []struct {
					Subresource  string
					Verbs        []string
					ResponseKind struct{ Group, Version, Kind string }
				}
			}
		}
	}
}

// Discovery reads the resources of a release from its module k8s.io/kubernetes:
// api/discovery, with every API turned on, and which of them are on without being asked for,
// from pkg/controlplane/instance.go.
func Discovery(module fs.FS) ([]Seen, error) {
	legacy, err := legacyBetas(module)
	if err != nil {
		return nil, err
	}
	out, err := coreDiscovery(module)
	if err != nil {
		return nil, err
	}
	var found discovered
	if err := decode(module, &found, "api/discovery/aggregated_v2.json", "api/discovery/aggregated_v2beta1.json"); err != nil {
		return nil, err
	}
	for _, group := range found.Items {
		for _, v := range group.Versions {
			for _, r := range v.Resources {
				on := "on"
				if strings.ContainsAny(v.Version, "ab") && !slices.Contains(legacy, v.Version+" "+r.Resource) {
					on = "off"
				}
				one := Seen{group.Metadata.Name + "/" + v.Version, r.Resource, r.ResponseKind.Kind, scopeOf(r.Scope == "Namespaced"), on, sorted(r.Verbs), sorted(append(r.ShortNames, r.SingularResource))}
				out = append(out, one)
				for _, sub := range r.Subresources {
					below := one
					below.Resource += "/" + sub.Subresource
					below.Kind, below.Verbs, below.Short = "", sorted(sub.Verbs), nil
					out = append(out, below)
				}
			}
		}
	}
	return out, nil
}

// coreDiscovery reads the core group, which aggregated discovery of these files leaves out.
func coreDiscovery(module fs.FS) ([]Seen, error) {
	var core struct {
		Resources []struct {
			Name, Kind, SingularName string
			Namespaced               bool
			ShortNames, Verbs        []string
		}
	}
	if err := decode(module, &core, "api/discovery/api__v1.json"); err != nil {
		return nil, err
	}
	var out []Seen
	for _, r := range core.Resources {
		one := Seen{"v1", r.Name, r.Kind, scopeOf(r.Namespaced), "on", sorted(r.Verbs), sorted(append(r.ShortNames, r.SingularName))}
		if strings.Contains(r.Name, "/") {
			one.Kind, one.Short = "", nil
		}
		out = append(out, one)
	}
	return out, nil
}

var legacyBeta = regexp.MustCompile(`(v[0-9]+beta[0-9]+)\.SchemeGroupVersion\.WithResource\("([a-z]+)"\)`)

// legacyBetas are the versions and resources that are on although they are beta.
func legacyBetas(module fs.FS) ([]string, error) {
	b, err := fs.ReadFile(module, "pkg/controlplane/instance.go")
	if err != nil {
		return nil, err
	}
	_, list, _ := strings.Cut(string(b), "legacyBetaEnabledByDefaultResources = ")
	list, _, _ = strings.Cut(list, "\n\t}")
	var out []string
	for _, m := range legacyBeta.FindAllStringSubmatch(list, -1) {
		out = append(out, m[1]+" "+m[2])
	}
	return out, nil
}

// decode reads the first of the files that is there.
func decode(module fs.FS, into any, names ...string) error {
	for _, name := range names {
		b, err := fs.ReadFile(module, name)
		if err != nil {
			continue
		}
		if err := json.Unmarshal(b, into); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("the module has no %s", strings.Join(names, " or "))
}

func scopeOf(namespaced bool) string {
	if namespaced {
		return "N"
	}
	return "C"
}

// sorted are words, each once, without empty ones.
func sorted(words []string) []string {
	words = slices.DeleteFunc(slices.Clone(words), func(s string) bool { return s == "" })
	slices.Sort(words)
	return slices.Compact(words)
}
