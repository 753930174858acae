package flux

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// The most that a YAML file may hold; our choice. The largest bundle that was looked
// at, Kyverno 1.19's install.yaml, has 107 787 values; the largest object, the full
// definition of the Prometheus operator's AlertmanagerConfig (v0.93), has 31 931.
const (
	maxMarks     = 200_000     // what could be values, before it is parsed
	maxNodes     = 120_000     // values, with those that aliases repeat
	maxValues    = 35_000      // values of a document, likewise
	maxKeys      = 1_000       // of a mapping: YAML's decoder compares each with each
	maxDepth     = 100         // values in values
	maxDocuments = 600         // kustomize compares each with each
	maxText      = 2 * maxFile // bytes of all values, as often as aliases repeat them
)

// GCPercent is the garbage collector's target (GOGC) with which a program that reads
// a tree takes 256 MiB at most. Our choice: by the usual one it may come close to that.
const GCPercent = 50

var (
	errNodes     = fmt.Errorf("it has more than %d values, those included that aliases repeat", maxNodes)
	errValues    = fmt.Errorf("one of its documents has more than %d values, those included that aliases repeat", maxValues)
	errKeys      = fmt.Errorf("a mapping in it has more than %d keys", maxKeys)
	errDepth     = fmt.Errorf("its values are nested more than %d deep", maxDepth)
	errText      = fmt.Errorf("its values have more than %d MiB, those included that aliases repeat", maxText>>20)
	errDocuments = fmt.Errorf("it has more than %d documents", maxDocuments)
)

// guard refuses YAML that would cost too much to read: before it is parsed by what
// could be values in it, and then by what they are.
func guard(data []byte) error {
	if marks(data) > maxMarks {
		return errNodes
	}
	_, err := documents(data)
	return err
}

// marks is at least the number of values in YAML: each stands behind one of these,
// or at the start of a line. It may be twice the number.
func marks(data []byte) int {
	n := 0
	for i, c := range data {
		switch c {
		case '[', '{', ',', '\n', '\r', '&', '*', '?', '!':
			n++
		case ':', '-':
			if i+1 == len(data) || data[i+1] <= ' ' || c == ':' && (data[i+1] == '"' || data[i+1] == '\'') {
				n++
			}
		}
	}
	return n
}

// documents parses YAML. An error is one of the syntax, or of what it would cost.
func documents(data []byte) ([]*yaml.Node, error) {
	var out []*yaml.Node
	values, text := 0, 0
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		n := &yaml.Node{}
		err := d.Decode(n)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if out = append(out, n); len(out) > maxDocuments {
			return nil, errDocuments
		}
		size, err := weigher{}.weigh(n, 0)
		if err != nil {
			return nil, err
		}
		if size.values > maxValues {
			return nil, errValues
		}
		if values += size.values; values > maxNodes {
			return nil, errNodes
		}
		if text += size.bytes; text > maxText {
			return nil, errText
		}
	}
}

// size is what a value is once its aliases are written out.
type size struct{ values, bytes, height int }

// weigher knows the sizes of what aliases stand for; nil while one is weighed.
type weigher map[*yaml.Node]*size

// weigh returns the size of a value at a depth.
func (w weigher) weigh(n *yaml.Node, depth int) (size, error) {
	if depth > maxDepth {
		return size{}, errDepth
	}
	if n.Kind == yaml.AliasNode {
		known, seen := w[n.Alias]
		switch {
		case seen && known == nil:
			return size{}, errDepth // it holds itself
		case seen && depth+known.height > maxDepth:
			return size{}, errDepth
		case seen:
			return *known, nil
		}
		w[n.Alias] = nil
		s, err := w.weigh(n.Alias, depth)
		w[n.Alias] = &s
		return s, err
	}
	if n.Kind == yaml.MappingNode && len(n.Content) > 2*maxKeys {
		return size{}, errKeys
	}
	out := size{values: 1, bytes: len(n.Value)}
	for _, c := range n.Content {
		below, err := w.weigh(c, depth+1)
		if err != nil {
			return size{}, err
		}
		out.values += below.values
		out.bytes += below.bytes
		out.height = max(out.height, below.height+1)
		if out.values > maxValues {
			return size{}, errValues
		}
		if out.bytes > maxText {
			return size{}, errText
		}
	}
	return out, nil
}
