package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/checks/policies"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/policies/admission"
)

// asks are the policies that --policies names, with the values of --param. Flags
// that name what is not there are wrong use.
func (flags checkFlags) asks() (*policies.Options, error) {
	asked, err := admission.Among(flags.library, flags.policies)
	if err != nil {
		return nil, fmt.Errorf("--policies: %w", err)
	}
	if len(flags.params) > 0 && len(asked) == 0 {
		return nil, errors.New("--param is for the policies of --policies: name some")
	}
	var known []string
	for _, p := range asked {
		known = append(known, p.Params...)
	}
	opts := &policies.Options{Asked: asked, Params: map[string]string{}}
	for _, text := range flags.params {
		name, values, said := strings.Cut(text, "=")
		_, twice := opts.Params[name]
		switch {
		case !said || values == "":
			return nil, fmt.Errorf("--param is %q; it is a name and values: domains=home.example,lab.example", text)
		case !slices.Contains(known, name):
			return nil, fmt.Errorf("--param %s: no policy of --policies has that parameter; %s", name, finding.DidYouMean(name, known, "docs/policies.md lists those that they have"))
		case slices.Contains(model.MapParameters(), name):
			return nil, fmt.Errorf("--param %s: it is a list for each account or namespace, which only a cluster's CUE declares", name)
		case twice:
			return nil, fmt.Errorf("--param %s is there twice; write its values between commas", name)
		}
		opts.Params[name] = model.CELList(strings.Split(values, ","))
	}
	return opts, nil
}
