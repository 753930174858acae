package generator

import (
	"encoding/json"
	"errors"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/generator/model"
)

// source gives the model what was evaluated, and collects what is wrong with
// catalogue entries on the way.
type source struct {
	cluster  *evaluate.Cluster
	findings []finding.Finding
}

func (s *source) Section(name string) (map[string]json.RawMessage, error) {
	return s.cluster.Entries(name).JSON, nil
}

func (s *source) Facts() (json.RawMessage, error) { return s.cluster.Object(), nil }

func (s *source) Place(path ...string) (finding.Place, bool) { return s.cluster.Place(path...) }

// Replace implements model.Editor.
func (s *source) Replace(path []string, old, now any) []finding.Edit {
	return s.cluster.Replace(path, old, now)
}

// Remove implements model.Editor.
func (s *source) Remove(path []string) []finding.Edit { return s.cluster.Remove(path) }

func (s *source) Files() []string { return s.cluster.Files() }

func (s *source) Entry(kind model.EntryKind, entry, app string, at finding.Place) (model.Entry, error) {
	e, findings, err := s.cluster.Catalogue(string(kind), entry, app)
	for _, f := range findings {
		if f.Place.IsZero() { // an entry that does not exist: the user's line says its name
			f.Place = at
		}
		s.findings = append(s.findings, f)
	}
	if crashed := (*crash.Error)(nil); errors.As(err, &crashed) {
		s.findings, err = append(s.findings, crashed.Finding(at)), nil
	}
	if err != nil || e == nil {
		return model.Entry{}, err
	}
	return model.Entry{JSON: e.JSON(), Lines: e}, nil
}
