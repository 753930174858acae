package apis

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// OpenAPI reads the resources of a release from api/openapi-spec/swagger.json of its module
// k8s.io/kubernetes. Paths below watch/ say nothing more.
func OpenAPI(module fs.FS) ([]Seen, error) {
	var spec struct {
		Paths map[string]map[string]any
	}
	if err := decode(module, &spec, "api/openapi-spec/swagger.json"); err != nil {
		return nil, err
	}
	found := map[string]*Seen{}
	for path, methods := range spec.Paths {
		parts := strings.Split(strings.Trim(path, "/"), "/")
		switch {
		case len(parts) > 2 && parts[0] == "api":
			parts = parts[1:]
		case len(parts) > 3 && parts[0] == "apis":
			parts = append([]string{parts[1] + "/" + parts[2]}, parts[3:]...)
		default:
			continue
		}
		version, parts := parts[0], parts[1:]
		scope := "C"
		if len(parts) > 2 && parts[0] == "namespaces" && parts[2] != "status" && parts[2] != "finalize" {
			parts, scope = parts[2:], "N"
		}
		if parts[0] == "watch" {
			continue
		}
		name := parts[0]
		if len(parts) > 2 {
			name += "/" + parts[2]
		}
		one := found[version+" "+name]
		if one == nil {
			one = &Seen{GroupVersion: version, Resource: name, Scope: scope, Served: "-"}
			found[version+" "+name] = one
		}
		if scope == "N" {
			one.Scope = "N"
		}
		for _, m := range methods {
			one.method(m)
		}
	}
	var out []Seen
	for _, s := range found {
		out = append(out, *s)
	}
	return out, nil
}

// method adds what a method of a path says.
func (s *Seen) method(m any) {
	operation, _ := m.(map[string]any)
	verb, _ := operation["x-kubernetes-action"].(string)
	gvk, _ := operation["x-kubernetes-group-version-kind"].(map[string]any)
	if kind, _ := gvk["kind"].(string); kind != "" && !strings.Contains(s.Resource, "/") && verb != "connect" {
		s.Kind = kind
	}
	if verb = map[string]string{"post": "create", "put": "update", "watchlist": "watch", "connect": ""}[verb] + map[string]string{
		"get": "get", "list": "list", "delete": "delete", "deletecollection": "deletecollection", "patch": "patch", "watch": "watch",
	}[verb]; verb != "" && !slices.Contains(s.Verbs, verb) {
		s.Verbs = sorted(append(s.Verbs, verb))
	}
}

var (
	clientResource = regexp.MustCompile(`schema\.GroupVersionResource\{Group: "([^"]*)", Version: "([^"]+)", Resource: "([^"]+)"\}`)
	clientKind     = regexp.MustCompile(`schema\.GroupVersionKind\{Group: "([^"]*)", Version: "([^"]+)", Kind: "([^"]+)"\}`)
	clientByScheme = regexp.MustCompile(`= (v[a-z0-9]+)\.SchemeGroupVersion\.WithResource\("([^"]+)"\)`)
	kindByScheme   = regexp.MustCompile(`= v[a-z0-9]+\.SchemeGroupVersion\.WithKind\("([^"]+)"\)`)
	clientSub      = regexp.MustCompile(`SubresourceAction\([^\n]*"([a-z]+)"[^\n]*\)`)
)

// Clients reads the resources of a release from the clients of its module k8s.io/client-go,
// in which the fake ones name them. groups are the API groups by the name of their package.
func Clients(module fs.FS, groups map[string]string) ([]Seen, error) {
	names, err := fs.Glob(module, "kubernetes/typed/*/*/fake/fake_*.go")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("the module has no clients: %w", err)
	}
	var out []Seen
	for _, name := range names {
		b, err := fs.ReadFile(module, name)
		if err != nil {
			return nil, err
		}
		text, parts := string(b), strings.Split(name, "/")
		one := Seen{Scope: "-", Served: "-"}
		if m := clientResource.FindStringSubmatch(text); m != nil {
			one.GroupVersion, one.Resource = strings.TrimPrefix(m[1]+"/"+m[2], "/"), m[3]
			if kind := clientKind.FindStringSubmatch(text); kind != nil { // of what can only be created there is none
				one.Kind = kind[3]
			}
		} else if m := clientByScheme.FindStringSubmatch(text); m != nil {
			group, known := groups[parts[2]]
			if !known {
				return nil, fmt.Errorf("%s: the API group of package %s is not known", name, parts[2])
			}
			one.GroupVersion, one.Resource = strings.TrimPrefix(group+"/"+m[1], "/"), m[2]
			if kind := kindByScheme.FindStringSubmatch(text); kind != nil {
				one.Kind = kind[1]
			}
		} else {
			continue
		}
		out = append(out, one)
		for _, m := range clientSub.FindAllStringSubmatch(text, -1) {
			below := one
			below.Resource, below.Kind = one.Resource+"/"+m[1], ""
			out = append(out, below)
		}
	}
	return out, nil
}
