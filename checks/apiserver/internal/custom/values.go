package custom

import (
	"math"

	"k8s.io/apimachinery/pkg/util/json"
)

// decoded is a value as the API server decodes it from JSON: whole numbers are int64. It
// shares nothing with the one given.
func decoded(value any) (any, error) {
	out, ok := copied(value)
	if ok {
		return out, nil
	}
	b, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return out, json.Unmarshal(b, &out)
}

// copied is decoded for what JSON and YAML decode into; false for anything else.
func copied(value any) (any, bool) {
	switch v := value.(type) {
	case nil, bool, string, int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<62 { // JSON writes it without a point
			return int64(v), true
		}
		return v, !math.IsInf(v, 0) && !math.IsNaN(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			below, ok := copied(value)
			if !ok {
				return nil, false
			}
			out[key] = below
		}
		return out, true
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			below, ok := copied(value)
			if !ok {
				return nil, false
			}
			out[i] = below
		}
		return out, true
	}
	return nil, false
}
