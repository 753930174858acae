package custom

import (
	"maps"
	"slices"
	"strconv"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// stray is a field that the schema does not have.
type stray struct {
	keys  []string
	known []string // the fields beside it that the schema has
	// dropped says why the API server drops the field without a word, where it refuses others in
	// server-side apply: the schema of what it is in lists no fields, or is below one that keeps
	// unknown fields (k8s.io/kube-openapi, pkg/schemaconv, parseObject and makeRef).
	dropped string
}

// why says why a field that is none of the listed ones is dropped; nothing where it is refused.
func why(s *schema.Structural, kept bool) string {
	switch {
	case kept:
		return "as the definition keeps unknown fields around it"
	case len(s.Properties) == 0:
		return "as the definition lists no fields there"
	}
	return ""
}

// metaField reports whether every object has a field.
func metaField(key string) bool { return key == "apiVersion" || key == "kind" || key == "metadata" }

// strays are the fields of a resource that the API server prunes, in the order of their
// keys: those of k8s.io/apiextensions-apiserver, pkg/apiserver/schema/pruning, which names
// them by a path in which dots of keys cannot be told from others.
func strays(resource map[string]any, s *schema.Structural) []stray {
	root := *s
	root.XEmbeddedResource = true
	return straysIn(resource, &root, nil, root.XPreserveUnknownFields, root.XPreserveUnknownFields)
}

// straysIn are those in a value. preserved says that unknown fields of it are kept, and kept
// that those of it or of something around it are.
func straysIn(value any, s *schema.Structural, keys []string, preserved, kept bool) []stray {
	var out []stray
	down := func(key string, value any, s *schema.Structural, preserved bool) {
		if s == nil {
			s = &schema.Structural{} // which has no fields
		}
		out = append(out, straysIn(value, s, append(slices.Clip(keys), key), preserved || s.XPreserveUnknownFields, kept || s.XPreserveUnknownFields)...)
	}
	switch v := value.(type) {
	case map[string]any:
		if s.Type != "" && s.Type != "object" {
			return nil // which is another mistake
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			property, listed := s.Properties[key]
			switch {
			case s.XEmbeddedResource && metaField(key):
			case listed:
				down(key, v[key], &property, false)
			case s.AdditionalProperties != nil:
				down(key, v[key], s.AdditionalProperties.Structural, false)
			case !preserved:
				out = append(out, stray{append(slices.Clip(keys), key), slices.Sorted(maps.Keys(s.Properties)), why(s, kept)})
			}
		}
	case []any:
		if s.Type != "" && s.Type != "array" || preserved && s.Items == nil {
			return nil
		}
		for i, item := range v {
			down(strconv.Itoa(i), item, s.Items, preserved)
		}
	}
	return out
}
