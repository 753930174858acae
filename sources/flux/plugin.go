package flux

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"
)

// plugin checks an entry of generators, transformers or validators: the text of a
// configuration, or a file with some. Only kustomize's own may run, and of these
// not the one that runs helm.
func (p *flight) plugin(ref string) {
	if remote(ref) || !strings.ContainsAny(ref, "\n{:") {
		where, isDir, ok := p.local(ref)
		if !ok {
			return
		}
		if isDir {
			p.bad(ref, fmt.Sprintf("%s is built to configure kustomize", short(ref)), "what comes of that is not known before", "name the files with the configuration")
			return
		}
		data, err := p.fs.ReadFile(where)
		if err != nil {
			p.sound = false
			p.unreadable(p.line(ref), where, err)
			return
		}
		p.configuration(ref, data)
		return
	}
	if marks([]byte(ref)) > maxNodes {
		p.bad(ref, "a configuration of kustomize is too large", errNodes.Error(), "make it smaller")
		return
	}
	p.configuration(ref, []byte(ref))
}

func (p *flight) configuration(ref string, data []byte) {
	docs, err := documents(data)
	if err != nil {
		p.bad(ref, fmt.Sprintf("%s configures kustomize", short(ref)), "it cannot be read: "+p.words(err), "correct it")
		return
	}
	for _, doc := range docs {
		kind := text(doc, "kind")
		switch {
		case text(doc, "apiVersion") != "builtin":
			p.bad(ref, fmt.Sprintf("%s is a plugin", short(ref)), fmt.Sprintf("%s %s is a program of its own, and none is run", text(doc, "apiVersion"), kind), "render it beforehand, or use what kustomize has itself")
		case kind == "HelmChartInflationGenerator":
			p.bad(ref, fmt.Sprintf("%s inflates a Helm chart", short(ref)), "that runs helm, and Flux does not do it either", "take a HelmRelease")
		default:
			if b, err := jsonOf(doc); err == nil && kind == "SecretGenerator" {
				var args types.SecretArgs
				if json.Unmarshal(b, &args) == nil {
					p.secret(args.KvPairSources)
				}
			}
			p.loads(ref, doc)
		}
	}
}

// loads follows the files that one of kustomize's own configurations names: at its
// top, and in replacements. Fields are found there whatever their case.
func (p *flight) loads(ref string, doc *yaml.Node) {
	for field, value := range fields(doc) {
		switch field {
		case "path", "paths", "targetfilepath", "files", "envs", "env":
			for _, named := range scalars(value) {
				p.named(ref, named, field == "files")
			}
		case "replacements":
			value = written(value)
			for _, replacement := range value.Content {
				if from, ok := fields(replacement)["path"]; ok {
					for _, named := range scalars(from) {
						p.named(ref, named, false)
					}
				}
			}
		}
	}
}

// named follows one file: key=path where a key may stand before it.
func (p *flight) named(ref, name string, keyed bool) {
	if remote(name) {
		p.bad(ref, fmt.Sprintf("%s names %s", short(ref), short(name)), "a check fetches nothing", "copy it into the tree")
		return
	}
	if _, rest, both := strings.Cut(name, "="); keyed && both {
		name = rest
	}
	p.files(name)
}

// fields are those of a mapping, by their names in lower case; of two with one name
// the last, and of merged mappings all.
func fields(n *yaml.Node) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if n == nil {
		return out
	}
	if n = written(n); n.Kind != yaml.MappingNode {
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := written(n.Content[i]), n.Content[i+1]
		if key.Value == "<<" {
			value = written(value)
			merged := []*yaml.Node{value}
			if value.Kind == yaml.SequenceNode {
				merged = value.Content
			}
			for _, m := range merged {
				maps.Copy(out, fields(m))
			}
			continue
		}
		out[strings.ToLower(key.Value)] = value
	}
	return out
}

// written is a document's value, or what an alias stands for.
func written(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode || n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		} else {
			n = n.Content[0]
		}
	}
	return n
}

// scalars are all texts in a value.
func scalars(n *yaml.Node) []string {
	if n = written(n); n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var out []string
	for _, c := range n.Content {
		out = append(out, scalars(c)...)
	}
	return out
}

// text is the value of a field at the top of a document.
func text(doc *yaml.Node, field string) string {
	if v := fields(doc)[strings.ToLower(field)]; v != nil {
		return written(v).Value
	}
	return ""
}
