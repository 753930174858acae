package flux

import (
	"encoding/json"
	"fmt"
	"math"

	"go.yaml.in/yaml/v3"
)

// jsonOf is a value as JSON, as Kubernetes reads YAML: a day is a text.
func jsonOf(n *yaml.Node) ([]byte, error) {
	v, err := valueOf(n)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func valueOf(n *yaml.Node) (any, error) {
	n = written(n)
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for _, merged := range merges(n) {
			v, err := valueOf(merged)
			if err != nil {
				return nil, err
			}
			below, ok := v.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("line %d: only a mapping can be merged", merged.Line)
			}
			for key, value := range below {
				if _, said := out[key]; !said {
					out[key] = value
				}
			}
		}
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := written(n.Content[i])
			if key.Tag == "!!merge" {
				continue
			}
			if key.Kind != yaml.ScalarNode || seen[key.Value] {
				return nil, fmt.Errorf("line %d: key %q is there twice, or is no text", key.Line, key.Value)
			}
			seen[key.Value] = true
			v, err := valueOf(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			out[key.Value] = v
		}
		return out, nil
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := valueOf(c)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	}
	switch n.Tag {
	case "!!int", "!!float", "!!bool", "!!null":
		var v any
		err := n.Decode(&v)
		if f, number := v.(float64); number && (math.IsInf(f, 0) || math.IsNaN(f)) {
			return endless(n.Value), err
		}
		return v, err
	}
	return n.Value, nil
}

// merges are the mappings that are merged into one, first those that win.
func merges(n *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		merged := written(n.Content[i+1])
		if merged.Kind == yaml.SequenceNode {
			out = append(out, merged.Content...)
			continue
		}
		out = append(out, merged)
	}
	return out
}

// endless is a number that JSON does not know, as it is written: .inf or .nan.
type endless string

// MarshalJSON refuses it, by what is written.
func (e endless) MarshalJSON() ([]byte, error) {
	return nil, fmt.Errorf("%s is no number that Kubernetes knows", string(e))
}
