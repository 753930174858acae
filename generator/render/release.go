package render

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"
)

// defaultChartTimeout is how long Helm waits: helm-controller's own default.
const defaultChartTimeout = 5 * time.Minute

// targetPath is what helm-controller takes as the path of a value, of at most
// longestPath characters (helm.toolkit.fluxcd.io/v2, spec.valuesFrom.targetPath).
var targetPath = regexp.MustCompile(`^([a-zA-Z0-9_\-.\\/]|\[[0-9]{1,5}\])+$`)

const longestPath = 250

// secretValue is a value of a chart that comes from a key of a Secret.
type secretValue struct{ path, secret, key string }

// secretValues are the values from secrets. helm-controller looks at them
// again when it is asked to, so the hash of the files is the request; "" without one.
func (r charts) secretValues(c *chart) ([]secretValue, string) {
	var out []secretValue
	hash, files := sha256.New(), map[string]bool{}
	for _, path := range sorted(c.SecretValues) {
		at := c.at.Join("secretValues", path)
		if !targetPath.MatchString(path) || len(path) > longestPath {
			r.Error(at, "chart/value-path", "the path of a value is "+quoted(path), "Helm takes names with dots between them, and [0] for the elements of a list", "write it like grafana.adminPassword")
			continue
		}
		s, key := r.keyOf(at, &c.party, c.Secrets, c.SecretValues[path])
		if s == nil {
			continue
		}
		out = append(out, secretValue{path, s.name, key})
		if s.bytes != nil && !files[s.file] {
			files[s.file] = true
			_, _ = hash.Write(s.bytes) // a hash never returns an error
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
