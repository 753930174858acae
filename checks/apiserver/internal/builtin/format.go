package builtin

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"stillsuit.dev/generator/manifest"
)

// formats are the forms that the API server wants names to have, by how its reasons start
// (k8s.io/apimachinery, pkg/util/validation).
var formats = []struct {
	starts, form string
	name         *regexp.Regexp // what a name of the form may not hold
}{
	{"a lowercase RFC 1123 label", "lower-case letters, digits and dashes, with a letter or digit at both ends", regexp.MustCompile(`[^a-z0-9-]+`)},
	{"a lowercase RFC 1123 subdomain", "lower-case letters, digits, dashes and dots, with a letter or digit at both ends", regexp.MustCompile(`[^a-z0-9.-]+`)},
	{"a DNS-1123 label", "lower-case letters, digits and dashes, with a letter or digit at both ends", regexp.MustCompile(`[^a-z0-9-]+`)},
	{"a DNS-1123 subdomain", "lower-case letters, digits, dashes and dots, with a letter or digit at both ends", regexp.MustCompile(`[^a-z0-9.-]+`)},
	{"a DNS-1035 label", "lower-case letters, digits and dashes, with a letter at the start and a letter or digit at the end", regexp.MustCompile(`[^a-z0-9-]+`)},
	{"a valid label must be", "up to 63 letters, digits, dashes, underscores and dots, with a letter or digit at both ends", regexp.MustCompile(`[^A-Za-z0-9_.-]+`)},
	{"name part must", "letters, digits, dashes, underscores and dots, perhaps with a DNS name and a slash before them", nil},
	{"a qualified name must", "letters, digits, dashes, underscores and dots, perhaps with a DNS name and a slash before them", nil},
	{"prefix part", "a DNS name before the slash", nil},
	{"a valid environment variable name", "letters, digits and underscores, with no digit at the start", regexp.MustCompile(`[^A-Za-z0-9_]+`)},
	{"environment variable name must", "printable characters other than =", nil},
	{"a valid config key", "letters, digits, dashes, underscores and dots", regexp.MustCompile(`[^A-Za-z0-9_.-]+`)},
	{"a valid port name", "up to 15 lower-case letters, digits and dashes, with at least one letter", nil},
	{"must be a valid IP address", "an IP address, such as 192.168.1.10", nil},
	{"must be a valid CIDR", "a range of addresses, such as 10.0.0.0/8", nil},
	{"must contain only alpha-numeric", "lower-case letters, digits and dashes", regexp.MustCompile(`[^a-z0-9-]+`)},
	{"must be an absolute path", "a path that starts with /", nil},
	{"must start with '/'", "a path that starts with /", nil},
	{"must be a relative path", "a path that does not start with /", nil},
	{"must not contain '..'", "a path without ..", nil},
	{"must not contain whitespace", "a text without spaces", nil},
	{"must not have leading or trailing whitespace", "a text without spaces at its ends", nil},
}

// format is about a name or an address that has not the form of one.
func format(p problem) (said, bool) {
	for _, f := range formats {
		if !strings.HasPrefix(p.Detail, f.starts) {
			continue
		}
		out := said{problem: p.field() + " is " + p.value(), detail: "it must be " + f.form, fix: "write " + f.form}
		if !strings.HasPrefix(f.form, "a") && !strings.HasPrefix(f.form, "up") {
			out.detail = "it must have " + f.form
		}
		if p.value() == "" {
			out.problem = p.field() + " is not valid"
		}
		text, is := manifest.At(p.written, p.keys).(string)
		if bad, key := p.BadValue.(string); key && len(p.keys) > 1 && bad == p.keys[len(p.keys)-1] {
			out.problem, text = fmt.Sprintf("%s has the key %q", p.fieldAt(p.keys[:len(p.keys)-1]), bad), bad
			out.detail = "a key has " + f.form
		}
		if !is {
			text, is = p.BadValue.(string)
		}
		if is && f.name != nil {
			sound := strings.Trim(f.name.ReplaceAllString(lower(f.form, text), "-"), "-.")
			if sound != "" && sound != text && f.starts != "a valid environment variable name" {
				out.fix = fmt.Sprintf("write `%s`", sound)
			}
		}
		if is && strings.HasSuffix(f.starts, "whitespace") {
			out.fix = fmt.Sprintf("write `%s`", strings.Join(strings.Fields(text), ""))
		}
		return out, true
	}
	return said{}, false
}

func lower(form, text string) string {
	if strings.HasPrefix(form, "lower-case") {
		return strings.ToLower(text)
	}
	return text
}

// sortedPairs are labels, sorted.
func sortedPairs(labels map[string]any) [][2]string {
	out := make([][2]string, 0, len(labels))
	for key, value := range labels {
		out = append(out, [2]string{key, fmt.Sprint(value)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i][0] < out[j][0] })
	return out
}

// pairs are labels as YAML writes them on one line.
func pairs(labels any) string {
	block, _ := labels.(map[string]any)
	var out []string
	for _, pair := range sortedPairs(block) {
		out = append(out, pair[0]+": "+pair[1])
	}
	return strings.Join(out, ", ")
}

func orNone(pairs string) string {
	if pairs == "" {
		return "none"
	}
	return pairs
}

func dottedOr(keys []string, name string) string {
	if len(keys) == 0 {
		return name
	}
	return manifest.Dotted(keys)
}
