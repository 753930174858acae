package main

import (
	"io"
	"slices"

	"stillsuit.dev/checks/policies"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/report"
)

// jsonPolicies is what schemas/policies.schema.json describes.
type jsonPolicies struct {
	Version  int          `json:"version"`
	Cluster  string       `json:"cluster,omitempty"`
	Policies []jsonPolicy `json:"policies"`
}

type jsonPolicy struct {
	Policy     string          `json:"policy"`
	Title      string          `json:"title"`
	Severity   string          `json:"severity"`
	Category   string          `json:"category"`
	Where      string          `json:"where"`
	Sets       []string        `json:"sets"`
	Parameters []jsonParameter `json:"parameters"`
	AskedBy    []string        `json:"askedBy,omitempty"`
	Action     string          `json:"action,omitempty"`
	Exceptions []string        `json:"exceptions,omitempty"`
}

type jsonParameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// policiesJSON writes the policies as JSON.
func policiesJSON(out io.Writer, cluster string, held []policies.Held) error {
	list := jsonPolicies{Version: 1, Cluster: cluster, Policies: []jsonPolicy{}}
	for _, h := range held {
		p := jsonPolicy{
			Policy: h.Name, Title: h.Title, Severity: h.Severity, Category: h.Category, Where: string(h.Where), Sets: slices.Concat([]string{}, h.Sets),
			Parameters: []jsonParameter{}, AskedBy: askedBy(h), Action: h.Action, Exceptions: h.Exceptions,
		}
		for _, name := range h.Params {
			p.Parameters = append(p.Parameters, jsonParameter{name, parameter(h.Policy, name)})
		}
		list.Policies = append(list.Policies, p)
	}
	return report.Encode(out, list)
}

// parameter is the value of a parameter, in CEL.
func parameter(p *admission.Policy, name string) string {
	for _, v := range p.Spec.Variables {
		if v.Name == name {
			return v.Expression
		}
	}
	return ""
}
