package secrets

import (
	"slices"
	"strings"

	"stillsuit.dev/inventory"
)

// made are the Secrets that the objects of a subject make, and those that they may make.
type made struct {
	certain  map[name]bool
	anywhere map[string]bool // names, in any namespace
	possible []possible
}

// possible is something that may make Secrets whose names nothing tells.
type possible struct {
	who       string // in a sentence
	self      object
	namespace string // "" for all
	// related says whether a Secret of that name may be one of them; nil says that any may.
	related func(secret string) bool
}

// madeBy lists what is made.
func madeBy(s *inventory.Subject, objects []object) *made {
	m := &made{certain: map[name]bool{}, anywhere: map[string]bool{}}
	for _, o := range objects {
		m.add(o)
	}
	m.outside(s)
	m.possible = append(m.possible, writers(objects)...)
	return m
}

func (m *made) add(o object) {
	certain := false
	for _, row := range makers() {
		if row.group != o.Group || row.kind != o.Kind || row.when != nil && !row.when(o) {
			continue
		}
		certain = true
		space := o.Namespace
		for _, to := range row.spaces {
			if at := o.expand(to); len(at) > 0 {
				space = at[0]
				break
			}
		}
		for _, pattern := range row.names {
			for _, secret := range o.expand(pattern) {
				if row.anywhere || space == "" {
					m.anywhere[secret] = true
				} else {
					m.certain[name{space, secret}] = true
				}
			}
		}
	}
	for _, copied := range copies(o) {
		m.anywhere[copied] = true
	}
	if p, ok := mayMake(o, certain); ok {
		m.possible = append(m.possible, p)
	}
}

// outside adds the charts, and what is in namespaces, that something other than this tree
// installs.
func (m *made) outside(s *inventory.Subject) {
	for ns, declared := range s.Namespaces {
		if declared != nil && declared.Outside != "" {
			m.possible = append(m.possible, possible{who: "anyone who runs pods in namespace " + ns, namespace: ns})
		}
	}
	for chart, declared := range s.Charts {
		if declared.Off == "" && declared.Outside != "" {
			m.possible = append(m.possible, possible{who: "chart " + chart, namespace: declared.Namespace, related: naming(chart)})
		}
	}
}

// makes reports whether something is known to make the Secret.
func (m *made) makes(secret name) bool {
	return m.certain[secret] || m.anywhere[secret.name] || secret.namespace == "" && m.somewhere(secret.name)
}

// somewhere reports whether a Secret of the name is made in some namespace.
func (m *made) somewhere(secret string) bool {
	for n := range m.certain {
		if n.name == secret {
			return true
		}
	}
	return false
}

// may are those that may make the Secret, but for its readers.
func (m *made) may(secret name, readers []object) []string {
	var out []string
	for _, p := range m.possible {
		itself := slices.ContainsFunc(readers, func(r object) bool { return p.self.Object != nil && r.Object == p.self.Object })
		if !itself && (p.namespace == "" || p.namespace == secret.namespace) && (p.related == nil || p.related(secret.name)) {
			out = append(out, p.who)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// copies are the Secrets that a controller copies into namespaces that nothing tells, by
// annotations of the Secret or of what it is made from.
func copies(o object) []string {
	var out []string
	for _, at := range []string{"metadata", "spec.template.metadata", "spec.secretTemplate", "spec.target.template.metadata"} {
		for _, found := range o.at(at + ".annotations") {
			annotations, _ := found.(map[string]any)
			for key := range annotations {
				// emberstack/kubernetes-reflector README; mittwald/kubernetes-replicator README.
				if key == "reflector.v1.k8s.emberstack.com/reflection-auto-enabled" || strings.HasPrefix(key, "replicator.v1.mittwald.de/replicate-to") {
					out = append(out, o.Name)
					out = append(out, o.expand("{spec.secretName}")...)
					out = append(out, o.expand("{spec.target.name}")...)
				}
			}
		}
	}
	return out
}

// naming says whether the name of a Secret is made from another, as charts and controllers
// make them: RELEASE-postgresql.
func naming(of string) func(string) bool {
	return func(secret string) bool {
		return of != "" && (secret == of || strings.HasPrefix(secret, of+"-") || strings.HasSuffix(secret, "-"+of) || strings.Contains(secret, "-"+of+"-"))
	}
}
