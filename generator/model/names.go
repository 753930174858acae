package model

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
	"k8s.io/apimachinery/pkg/util/validation"
)

// checkNames reports names that Kubernetes would refuse, and apps that mix the
// two forms. Names become file and object names, so nothing else passes.
func checkNames(d *Desired, r *Reporter) {
	name := func(path Path, kind string) { checkName(r, path, kind, 63) }
	if d.Cluster.Name != "" {
		checkName(r, Path{"cluster", "name"}, "a cluster", 63, d.Cluster.Name)
	}
	for n, node := range d.Cluster.Nodes {
		checkName(r, Path{"cluster", "nodes", n}, "a node", 253)
		for resource := range node.Extended {
			checkResource(r, Path{"cluster", "nodes", n, "extended", resource})
		}
	}
	for n, ns := range d.Namespaces {
		name(Path{"namespaces", n}, "a namespace")
		for c := range ns.Claims {
			name(Path{"namespaces", n, "claims", c}, "a claim")
		}
	}
	for n, entry := range d.RBAC {
		name(Path{"rbac", n}, "a role or subject")
		for g := range entry.Grants {
			name(Path{"rbac", n, "grants", g}, "a grant")
		}
	}
	for n, app := range d.Apps {
		at := Path{"apps", n}
		name(at, "an app")
		if app.Namespace != "" {
			checkName(r, at.Join("namespace"), "a namespace", 63, app.Namespace)
		}
		if app.Account != "" {
			checkName(r, at.Join("account"), "an account", 63, app.Account)
		}
		for e := range app.Expose {
			name(at.Join("expose", e), "an exposure")
		}
		checkForm(r, at, app)
		for w, workload := range app.Workloads {
			where := at
			if w != "" {
				where = at.Join("workloads", w)
				name(where, "a workload")
			}
			checkWorkloadNames(r, where, workload)
		}
	}
}

func checkWorkloadNames(r *Reporter, at Path, w *Workload) {
	for _, set := range []struct {
		field, kind string
		containers  map[string]*Container
	}{{"containers", "a container", w.Containers}, {"sidecars", "a sidecar", w.Sidecars}, {"init", "an init container", w.Init}} {
		for n, c := range set.containers {
			where := at.Join(set.field, n)
			checkName(r, where, set.kind, 63)
			checkRequestNames(r, where, c)
			for p := range c.Ports {
				checkPortName(r, where.Join("ports", p))
			}
			for p := range c.UDP {
				checkPortName(r, where.Join("udp", p))
			}
			for field, names := range map[string][]string{
				"env": slices.Sorted(maps.Keys(c.Env)), "secretEnv": slices.Sorted(maps.Keys(c.SecretEnv)), "fieldEnv": slices.Sorted(maps.Keys(c.FieldEnv)),
			} {
				for _, n := range names {
					checkEnvName(r, where.Join(field, n))
				}
			}
		}
	}
	for v := range w.Volumes {
		checkName(r, at.Join("volumes", v), "a volume", 63)
	}
	for g := range w.Grants {
		checkName(r, at.Join("grants", g), "a grant", 63)
	}
}

// checkForm reports an app that has workloads and a workload of its own.
func checkForm(r *Reporter, at Path, app *App) {
	if _, inPlace := app.Workloads[""]; inPlace {
		return
	}
	own := app.Workload
	own.Off = "" // an app's off is the app's
	fields := said(own)
	if len(fields) == 0 {
		return
	}
	list := strings.Join(fields, ", ")
	if last := len(fields) - 1; last > 0 {
		list = strings.Join(fields[:last], ", ") + " and " + fields[last]
	}
	r.Error(at.Join(fields[0]), "app/both-forms",
		fmt.Sprintf("app %s has workloads and also %s of its own", at[1], list),
		"an app is one workload written in place, or several below workloads",
		fmt.Sprintf("move %s into one of workloads: %s", list, strings.Join(slices.Sorted(maps.Keys(app.Workloads)), ", ")))
}

// checkName reports a name that is no DNS label (RFC 1123) of at most limit
// bytes. The name is the path's last label, unless another is given.
func checkName(r *Reporter, path Path, kind string, limit int, value ...string) {
	name := path[len(path)-1]
	if len(value) > 0 {
		name = value[0]
	}
	if len(validation.IsDNS1123Label(name)) == 0 && len(name) <= limit || limit > 63 && len(name) <= limit && len(validation.IsDNS1123Subdomain(name)) == 0 {
		return
	}
	mend := "choose another"
	if s := suggestName(name); s == name {
		mend = "shorten it"
	} else if s != "" {
		mend = "write " + s
	}
	r.Error(path, "name/invalid",
		fmt.Sprintf("%s is no name for %s", quote(name), kind),
		fmt.Sprintf("a name is lower-case letters, digits and dashes, at most %d, with a letter or digit at both ends", limit), mend)
}

func checkPortName(r *Reporter, path Path) {
	name := path[len(path)-1]
	if len(validation.IsValidPortName(name)) == 0 {
		return
	}
	r.Error(path, "name/invalid",
		fmt.Sprintf("%s is no name for a port", quote(name)),
		"a port's name is at most 15 lower-case letters, digits and single dashes, with a letter among them", "choose another")
}

func checkEnvName(r *Reporter, path Path) {
	name := path[len(path)-1]
	if len(validation.IsEnvVarName(name)) == 0 {
		return
	}
	r.Error(path, "name/invalid",
		fmt.Sprintf("%s is no name for an environment variable", quote(name)),
		"it is letters, digits, dashes, dots and underscores, and no digit first", "choose another")
}

// suggestName turns a name into one that Kubernetes takes, or "".
func suggestName(name string) string {
	s := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			return c
		case c >= 'A' && c <= 'Z':
			return c - 'A' + 'a'
		case c == '_' || c == '.' || c == ' ' || c == '-':
			return '-'
		}
		return -1
	}, norm.NFD.String(name)) // accents become characters of their own, and go
	s = strings.Trim(s, "-")
	if len(validation.IsDNS1123Label(s)) > 0 {
		return ""
	}
	return s
}

// quote writes a name into a sentence: as it is when it is plain, else quoted,
// so that control characters stay harmless, and cut to 60 characters.
func quote(name string) string {
	if runes := []rune(name); len(runes) > 60 {
		return strconv.QuoteToASCII(string(runes[:60])) + "…"
	}
	return strconv.QuoteToASCII(name)
}
