package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/xeipuuv/gojsonschema"

	"stillsuit.dev/finding"
)

// readSARIF holds a log against OASIS's schema and what GitHub wants besides: a place
// and a text for each result, and no link in it.
func readSARIF(s *gojsonschema.Schema, text string) ([]seen, error) {
	if err := valid(s, text); err != nil {
		return nil, err
	}
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level       string
				RuleIndex           int
				Message             struct{ Text string }
				PartialFingerprints map[string]string
				Locations           []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		return nil, err
	}
	var out []seen
	prints := map[string]bool{}
	for _, r := range log.Runs[0].Results {
		rules := log.Runs[0].Tool.Driver.Rules
		if len(r.Locations) != 1 || r.RuleIndex < 0 || r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID {
			return nil, fmt.Errorf("a result has %d locations and rule %d of %d", len(r.Locations), r.RuleIndex, len(rules))
		}
		at := r.Locations[0].PhysicalLocation
		file, err := url.Parse(at.ArtifactLocation.URI)
		if err != nil || file.IsAbs() || file.Host != "" || file.RawQuery != "" || file.Fragment != "" {
			return nil, fmt.Errorf("%s is no file: %w", at.ArtifactLocation.URI, err)
		}
		fingerprint := r.PartialFingerprints["stillsuit/v1"]
		if fingerprint == "" || prints[fingerprint] {
			return nil, fmt.Errorf("fingerprint %q is another's", fingerprint)
		}
		prints[fingerprint] = true
		if strings.Contains(r.Message.Text, "](") {
			return nil, fmt.Errorf("a link in %s", r.Message.Text)
		}
		place := finding.Place{Line: at.Region.StartLine, Column: at.Region.StartColumn}
		out = append(out, seen{r.Level, r.RuleID, strings.TrimPrefix(file.Path, "./"), strings.TrimPrefix(place.String(), ":"), r.Message.Text})
	}
	return out, nil
}

// element is what Jenkins' junit-10.xsd (jenkinsci/xunit-plugin, MIT) says of one: Go
// has no validator of XSD that could be had, so its rules stand here, for the elements
// that we write.
type element struct {
	required, optional, children []string
	text                         bool
}

func junit() map[string]element {
	return map[string]element{
		"":           {children: []string{"testsuites"}},
		"testsuites": {optional: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
		"testsuite": {
			required: []string{"name", "tests", "failures", "errors"},
			optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
			children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"},
		},
		"testcase": {
			required: []string{"name"}, optional: []string{"time", "classname", "group"},
			children: []string{"skipped", "error", "failure", "system-out", "system-err"},
		},
		"failure":    {optional: []string{"type", "message"}, text: true},
		"skipped":    {optional: []string{"type", "message"}, text: true},
		"system-out": {text: true},
	}
}

func readJUnit(text string) ([]seen, error) {
	var out []seen
	path, names, numbers := []string{""}, map[string]bool{}, map[string]int{}
	var now seen
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		parent := junit()[path[len(path)-1]]
		switch token := token.(type) {
		case xml.StartElement:
			name, attributes := token.Name.Local, map[string]string{}
			rule, known := junit()[name]
			if !known || !slices.Contains(parent.children, name) {
				return nil, fmt.Errorf("%s in %s", name, path)
			}
			for _, a := range token.Attr {
				if attributes[a.Name.Local] = a.Value; !slices.Contains(slices.Concat(rule.required, rule.optional), a.Name.Local) {
					return nil, fmt.Errorf("%s has no attribute %s", name, a.Name.Local)
				}
			}
			for _, a := range rule.required {
				if attributes[a] == "" {
					return nil, fmt.Errorf("%s without %s", name, a)
				}
			}
			for _, a := range []string{"tests", "failures", "errors", "skipped"} {
				n, err := strconv.Atoi(attributes[a])
				if attributes[a] != "" && err != nil {
					return nil, err
				}
				numbers[name+" "+a] += n
			}
			switch name {
			case "testcase":
				now = seen{code: attributes["classname"]}
				if id := attributes["classname"] + "\x00" + attributes["name"]; names[id] {
					return nil, fmt.Errorf("two cases are called %s", attributes["name"])
				} else {
					names[id] = true
				}
				numbers["cases"]++
			case "failure":
				now.severity, now.message = attributes["type"], attributes["message"]
				out = append(out, now)
				numbers["failed"]++
			case "skipped":
				numbers["skipped"]++
			}
			path = append(path, name)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if !parent.text && strings.TrimSpace(string(token)) != "" {
				return nil, fmt.Errorf("text in %s: %s", path, token)
			}
		case xml.ProcInst:
			if token.Target != "xml" || len(path) > 1 {
				return nil, fmt.Errorf("instruction %s in %s", token.Target, path)
			}
		default:
			return nil, fmt.Errorf("%T in %s", token, path)
		}
	}
	for of, want := range map[string]string{"tests": "cases", "failures": "failed"} {
		if numbers["testsuites "+of] != numbers[want] || numbers["testsuite "+of] != numbers[want] {
			return nil, fmt.Errorf("%s are %d: %v", of, numbers[want], numbers)
		}
	}
	if numbers["testsuite skipped"] != numbers["skipped"] {
		return nil, fmt.Errorf("skipped: %v", numbers)
	}
	return out, nil
}
