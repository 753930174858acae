package flux

import (
	"errors"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"

	disk "stillsuit.dev/files"
	"stillsuit.dev/finding"
)

// Document is one document of a YAML file.
type Document struct {
	file string
	node *yaml.Node
}

// Documents reads the documents of a YAML file, those that are empty left out. An
// error says why the file is not read: it is too large, or would cost too much to
// parse, or is no YAML.
func Documents(fsys fs.FS, file string) ([]Document, error) {
	info, err := fs.Stat(fsys, file)
	switch {
	case err != nil:
		return nil, plainly(err)
	case !info.Mode().IsRegular():
		return nil, disk.OtherError{Mode: info.Mode()}
	case info.Size() > maxFile:
		return nil, errTooLarge
	}
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, plainly(err)
	}
	return Parse(file, data)
}

// Parse is Documents for what a file of that name holds.
func Parse(file string, data []byte) ([]Document, error) {
	if len(data) > maxFile {
		return nil, errTooLarge
	}
	if marks(data) > maxMarks {
		return nil, errNodes
	}
	nodes, err := documents(data)
	if err != nil {
		return nil, err
	}
	var out []Document
	for _, n := range nodes {
		if n = written(n); n.Kind != 0 && n.Tag != "!!null" {
			out = append(out, Document{file, n})
		}
	}
	return out, nil
}

// plainly is an error of a file without the file's name.
func plainly(err error) error {
	var where *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file")
	case errors.As(err, &where):
		return where.Err
	}
	return err
}

// JSON is the document as JSON, as Kubernetes reads YAML.
func (d Document) JSON() ([]byte, error) {
	b, err := jsonOf(d.node)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", d.file, err)
	}
	return b, nil
}

// Place is where the value below keys and indexes stands in a file of that name, or
// the nearest one that it is in.
func (d Document) Place(shown string, keys ...string) finding.Place {
	place := finding.Place{File: shown, Line: d.node.Line, Column: d.node.Column}
	n := d.node
	for _, key := range keys {
		var label *yaml.Node
		if label, n = step(written(n), key, nil); label == nil {
			break
		}
		place.Line, place.Column = label.Line, label.Column
	}
	return place
}
