package fix

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"stillsuit.dev/finding"
)

// CheckYAML returns why a YAML file does not parse.
func CheckYAML(content []byte) error {
	_, err := documents(content)
	return err
}

func documents(content []byte) ([]*yaml.Node, error) {
	var out []*yaml.Node
	for d := yaml.NewDecoder(bytes.NewReader(content)); ; {
		n := new(yaml.Node)
		switch err := d.Decode(n); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		}
		out = append(out, n)
	}
}

// InYAML returns the edits that write now in place of old, a text, a number or a boolean, in
// a YAML file: the value of the key at a place, or the item of a list there, or else the key
// itself. There are none where old is not written out there on one line, or where a place is
// only that of something around the value: key is the value's own, "" for an item of a list.
func InYAML(content []byte, at finding.Place, key string, old, now any) []finding.Edit {
	docs, err := documents(content)
	if err != nil {
		return nil
	}
	for _, d := range docs {
		name, value := find(d, at)
		switch {
		case value == nil:
			continue
		case name != nil && name.Value != key && name.Value != "value": // of a JSON patch
			return nil
		case reads(value, old):
			return edit(content, at.File, value, old, now)
		case name != nil && reads(name, old):
			return edit(content, at.File, name, old, now)
		}
		return nil
	}
	return nil
}

// find is the key at a place with its value, or an item of a list there.
func find(n *yaml.Node, at finding.Place) (key, value *yaml.Node) {
	here := func(n *yaml.Node) bool { return n.Line == at.Line && n.Column == at.Column }
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.MappingNode && i%2 == 0 && here(c):
			return c, n.Content[i+1]
		case n.Kind == yaml.SequenceNode && c.Kind == yaml.ScalarNode && here(c):
			return nil, c
		}
		if key, value := find(c, at); value != nil {
			return key, value
		}
	}
	return nil, nil
}

// reads reports whether a scalar is a value.
func reads(n *yaml.Node, value any) bool {
	_, isText := value.(string)
	return n.Kind == yaml.ScalarNode && n.Anchor == "" && n.Value == fmt.Sprint(value) && isText == (n.ShortTag() == "!!str")
}

// edit replaces a scalar on one line, and keeps its quotes.
func edit(content []byte, file string, n *yaml.Node, old, now any) []finding.Edit {
	lines := bytes.SplitAfter(content, []byte("\n"))
	if n.Line > len(lines) {
		return nil
	}
	line, start := string(lines[n.Line-1]), 0
	for range n.Column - 1 { // which counts characters
		_, size := utf8.DecodeRuneInString(line[start:])
		start += size
	}
	rest := line[start:]
	was, text := written(n.Style, fmt.Sprint(old)), written(n.Style, fmt.Sprint(now))
	if _, isText := now.(string); isText && n.Style == 0 {
		if b, err := yaml.Marshal(now); err == nil {
			text = strings.TrimSuffix(string(b), "\n")
		}
	} else if !isText {
		text = fmt.Sprint(now)
	}
	if was == "" || !strings.HasPrefix(rest, was) || strings.Contains(text, "\n") {
		return nil
	}
	from := finding.Place{File: file, Line: n.Line, Column: start + 1}
	to := from
	to.Column += len(was)
	return []finding.Edit{{From: from, To: to, NewText: text, OldText: was}}
}

// written is how a text without anything to escape stands in a style; "" in others.
func written(style yaml.Style, text string) string {
	switch {
	case style == 0:
		return text
	case strings.ContainsAny(text, "\"'\\\n"):
		return ""
	case style == yaml.DoubleQuotedStyle:
		return `"` + text + `"`
	case style == yaml.SingleQuotedStyle:
		return "'" + text + "'"
	}
	return ""
}
