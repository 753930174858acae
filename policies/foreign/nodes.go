package foreign

import (
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/policies"
)

// readNodes reads what `kubectl get nodes -o yaml` wrote, as YAML or JSON: a list,
// or a document for each node.
func (r *reader) readNodes(opts *Options, s *policies.Subject) {
	at := finding.Place{File: opts.NodesFile, Line: 1}
	if opts.Nodes == nil {
		r.report(finding.Note, finding.Place{File: s.Name}, "foreign/no-nodes", "the objects are held against the nodes that they may land on", "no nodes are known", "give --nodes the output of `kubectl get nodes -o yaml`")
		return
	}
	err := guard(opts.Nodes)
	if len(opts.Nodes) > maxFile {
		err = errTooLarge
	}
	if err != nil {
		r.unreadable(at, opts.NodesFile, err)
		return
	}
	docs, err := documents(opts.Nodes)
	if err != nil { // the guard has read it
		r.unreadable(at, opts.NodesFile, err)
		return
	}
	for _, doc := range docs {
		items := []*yaml.Node{written(doc)}
		if list := fields(doc)["items"]; list != nil {
			items = written(list).Content
		}
		for _, item := range items {
			r.node(written(item), opts.NodesFile, s)
		}
	}
	if len(s.Nodes) == 0 {
		r.report(finding.Error, at, "foreign/no-nodes", "this file holds no node", "nothing can be held against it", "write it with `kubectl get nodes -o yaml`")
	}
}

func (r *reader) node(n *yaml.Node, file string, s *policies.Subject) {
	if n.Kind == 0 || text(n, "kind") != "Node" {
		return
	}
	at := origin{file: file, node: n}
	node := &corev1.Node{}
	b, err := jsonOf(n)
	if err == nil {
		err = json.Unmarshal(b, node)
	}
	if err != nil {
		r.report(finding.Error, at.place(), "foreign/undecodable", fmt.Sprintf("node %s cannot be read", node.Name), err.Error(), "correct it")
		return
	}
	s.Nodes[node.Name] = policies.FromKubernetes(node)
	r.nodes[node.Name] = at
}
