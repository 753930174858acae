package flux

import (
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/version"

	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// beside is what is given beside a tree: its nodes, and the findings that somebody accepted.
type beside struct {
	*reports
	places  *places
	subject *inventory.Subject
	// kubelets is the newest minor version of Kubernetes among the nodes; 0 when none says.
	kubelets int
}

// given parses YAML that is no part of the tree, or reports why it cannot be read.
func (b *beside) given(data []byte, file string) ([]*yaml.Node, bool) {
	err := guard(data)
	if len(data) > maxFile {
		err = errTooLarge
	}
	var docs []*yaml.Node
	if err == nil {
		docs, err = documents(data)
	}
	if err != nil {
		b.unreadable(finding.Place{File: file, Line: 1}, file, err)
	}
	return docs, err == nil
}

// readNodes reads what `kubectl get nodes -o yaml` wrote, as YAML or JSON: a list,
// or a document for each node; or it takes the declared ones.
func (b *beside) readNodes(opts *Options) {
	if opts.Declared != nil {
		b.subject.Nodes = opts.Declared
		return
	}
	at := finding.Place{File: opts.NodesFile, Line: 1}
	if opts.Nodes == nil {
		b.report(finding.Note, finding.Place{File: b.subject.Name}, "foreign/no-nodes", "the nodes are unknown", "images were not compared with architectures, and whether the pods fit was not checked", "add `--nodes FILE` with the output of `kubectl get nodes -o yaml`, or `--nodes CLUSTER`")
		return
	}
	docs, ok := b.given(opts.Nodes, opts.NodesFile)
	if !ok {
		return
	}
	for _, doc := range docs {
		items := []*yaml.Node{written(doc)}
		if list := fields(doc)["items"]; list != nil {
			items = written(list).Content
		}
		for _, item := range items {
			b.node(written(item), opts.NodesFile)
		}
	}
	if len(b.subject.Nodes) == 0 {
		b.report(finding.Error, at, "foreign/no-nodes", "this file contains no node", "nothing can be checked against it", "write it with `kubectl get nodes -o yaml`")
	}
}

func (b *beside) node(n *yaml.Node, file string) {
	if n.Kind == 0 || text(n, "kind") != "Node" {
		return
	}
	at := origin{file: file, node: n}
	node := &corev1.Node{}
	v, err := valueOf(n)
	v, problems := refusedOf(corev1.SchemeGroupVersion.WithKind("Node"), v)
	var data []byte
	if err == nil {
		data, err = json.Marshal(v)
	}
	if err == nil {
		err = json.Unmarshal(data, node)
	}
	if err != nil {
		b.report(finding.Error, at.place(), "foreign/undecodable", fmt.Sprintf("node %s cannot be read", node.Name), b.words(err), "correct it")
		return
	}
	if v, err := version.ParseGeneric(node.Status.NodeInfo.KubeletVersion); err == nil && v.Major() == 1 {
		b.kubelets = max(b.kubelets, int(v.Minor()))
	}
	b.subject.Nodes[node.Name] = inventory.FromKubernetes(node)
	b.places.nodes[node.Name] = at
	for _, p := range problems {
		at := inventory.Spot{Node: node.Name, Keys: p.Keys}
		place, _ := b.places.Locate(at)
		b.found(at, finding.Finding{Code: p.Code, Severity: finding.Error, Place: place, Problem: p.Problem, Fix: p.Fix})
	}
}
