package source

import (
	"slices"
	"strings"
)

// TopLevel is a field that a package may have at the top level: the field, or each entry of
// it, is of a definition of the schemas.
type TopLevel struct {
	Field, Definition string
	Each              bool
}

// Definitions that the schemas lack constrain nothing.
var sections = [...]TopLevel{
	{"cluster", "#Cluster", false},
	{"namespaces", "#Namespace", true},
	{"apps", "#App", true},
	{"charts", "#Chart", true},
	{"rbac", "#RBAC", true},
	{"policies", "#Policy", true},
}

// The kinds of catalogue entries: what an app, a container and a chart may name
// with from. Each is a field at the top level of the entry's package.
const (
	KindApp       = "app"
	KindContainer = "container"
	KindChart     = "chart"
)

var kinds = [...]TopLevel{{KindApp, "#App", false}, {KindContainer, "#Container", false}, {KindChart, "#Chart", false}}

// Sections are the fields of a cluster's package. The first is the cluster's own. The caller
// must not change them.
func Sections() []TopLevel { return sections[:] }

// Kinds are the fields of a catalogue entry's package. The caller must not change them.
func Kinds() []TopLevel { return kinds[:] }

// IsSection reports whether a field at the top level of a cluster's package holds entries.
func IsSection(name string) bool {
	return slices.ContainsFunc(sections[:], func(s TopLevel) bool { return s.Each && s.Field == name })
}

// IsSchema reports whether a package is the schemas.
func IsSchema(importPath string) bool {
	importPath, _, _ = strings.Cut(importPath, ":")
	importPath, _, _ = strings.Cut(importPath, "@")
	return importPath == SchemaPackage
}
