package policies

import (
	"encoding/json"

	"stillsuit.dev/generator/manifest"
)

// secretsOf are the values in an object that may be secrets.
func secretsOf(o *manifest.Object) []string {
	b, err := json.Marshal(o.Value)
	var value any
	if err == nil {
		err = json.Unmarshal(b, &value)
	}
	if err != nil { // it was made from JSON
		return nil
	}
	return manifest.Secrets(value)
}
