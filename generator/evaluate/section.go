package evaluate

import "stillsuit.dev/generator/evaluate/internal/source"

// Section is the field at the top level of a cluster's package that holds a definition
// of the schemas (cluster), or holds several by name (apps.NAME); empty for any other.
func Section(definition string) string {
	for _, s := range source.Sections() {
		if s.Definition == definition && s.Each {
			return s.Field + ".NAME"
		} else if s.Definition == definition {
			return s.Field
		}
	}
	return ""
}
