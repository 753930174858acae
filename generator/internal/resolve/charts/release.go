package charts

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"stillsuit.dev/generator/internal/resolve/scope"
)

// DefaultChartTimeout is how long Helm waits: helm-controller's own default.
const DefaultChartTimeout = 5 * time.Minute

// targetPath is what helm-controller takes as the path of a value, of at most
// longestPath characters (helm.toolkit.fluxcd.io/v2, spec.valuesFrom.targetPath).
var targetPath = regexp.MustCompile(`^([a-zA-Z0-9_\-.\\/]|\[[0-9]{1,5}\])+$`)

const longestPath = 250

// secretValue is a value of a chart that comes from a key of a Secret.
type secretValue struct{ Path, Secret, Key string }

// secretValues are the values from secrets. helm-controller looks at them
// again when it is asked to, so the hash of the files is the request; "" without one.
func (r Charts) secretValues(c *scope.Chart) ([]secretValue, string) {
	var out []secretValue
	hash, files := sha256.New(), map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(c.Declared.SecretValues)) {
		at := c.At.Join("secretValues", path)
		if !targetPath.MatchString(path) || len(path) > longestPath {
			r.Error(at, "chart/value-path", "the path of a value is "+quoted(path), "Helm takes names with dots between them, and [0] for the elements of a list", "write it like grafana.adminPassword")
			continue
		}
		s, key := r.KeyOf(at, &c.Party, c.Declared.Secrets, c.Declared.SecretValues[path])
		if s == nil {
			continue
		}
		out = append(out, secretValue{path, s.Name, key})
		if s.Bytes != nil && !files[s.File] {
			files[s.File] = true
			_, _ = hash.Write(s.Bytes) // a hash never returns an error
		}
	}
	if len(files) == 0 {
		return out, ""
	}
	return out, hex.EncodeToString(hash.Sum(nil))[:16]
}

// quoted writes a text into a sentence, cut to 60 characters.
func quoted(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return "\"" + s + "\""
}
