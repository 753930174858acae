package report_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

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
		"error":      {optional: []string{"type", "message"}, text: true},
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
			case "error":
				now.severity, now.message = attributes["type"], attributes["message"]
				out = append(out, now)
				numbers["crashed"]++
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
	for of, want := range map[string]string{"tests": "cases", "failures": "failed", "errors": "crashed"} {
		if numbers["testsuites "+of] != numbers[want] || numbers["testsuite "+of] != numbers[want] {
			return nil, fmt.Errorf("%s are %d: %v", of, numbers[want], numbers)
		}
	}
	if numbers["testsuite skipped"] != numbers["skipped"] {
		return nil, fmt.Errorf("skipped: %v", numbers)
	}
	return out, nil
}
