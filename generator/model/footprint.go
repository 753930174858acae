package model

import (
	"encoding/json"
	"reflect"
	"strings"

	"stillsuit.dev/generator/valid"
)

// ReadFootprints reads the footprints in the annotation of a HelmRelease, with quantities.Unknown
// for amounts that cannot be counted.
func ReadFootprints(text string) (Footprints, error) {
	value, problems, err := footprints(text)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(valid.Known(value, problems))
	if err != nil {
		return nil, err
	}
	out := Footprints{}
	return out, json.Unmarshal(b, &out)
}

// FootprintProblems are the amounts in the annotation of an object that cannot be
// counted. None can be put right in place, since the annotation is one text.
func FootprintProblems(object map[string]any) []valid.Problem {
	metadata, _ := object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	text, _ := annotations[AnnotationFootprint].(string)
	if text == "" {
		return nil
	}
	_, problems, _ := footprints(text) // the checks that need the annotation report one that cannot be read
	for i := range problems {
		problems[i].Problem = AnnotationFootprint + ": " + problems[i].Problem
		problems[i].Keys = []string{"metadata", "annotations", AnnotationFootprint}
	}
	return problems
}

func footprints(text string) (any, []valid.Problem, error) {
	var value any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, nil, err
	}
	return value, rules().Find(reflect.TypeFor[Footprints](), value), nil
}
