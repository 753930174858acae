package main

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"stillsuit.dev/policies/admission"
)

// policiesText is docs/policies.md, with places for what the policies say of themselves.
//
//go:embed policies.md.tmpl
var policiesText string

// policiesPage is docs/policies.md: its text, and a table of the policies by category.
func policiesPage(_ context.Context, root string) (map[string]string, error) {
	all, err := admission.Load(os.DirFS(filepath.Join(root, libraryDir)))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b *admission.Policy) int { return strings.Compare(a.Name, b.Name) })
	var categories []string
	for _, p := range all {
		categories = append(categories, p.Category)
	}
	slices.Sort(categories)
	page, err := template.New("").Funcs(template.FuncMap{"join": strings.Join}).Parse(policiesText)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	err = page.Execute(&b, struct {
		Policies   []*admission.Policy
		Categories []string
	}{all, slices.Compact(categories)})
	return map[string]string{"docs/policies.md": b.String()}, err
}
