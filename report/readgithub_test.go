package report_test

import (
	"fmt"
	"slices"
	"strings"
)

// readGitHub takes workflow commands apart as the runner does (actions/runner,
// ActionCommand.cs, TryParseV2), but for refusing what the runner would leave in the
// log: a property that it does not know, or a line that is no command.
func readGitHub(text string) ([]seen, error) {
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r", "\n"), "\n"), "\n")
	if _, err := readText(lines[len(lines)-1] + "\n"); err != nil {
		return nil, err
	}
	var out []seen
	for _, line := range lines[:len(lines)-1] {
		rest, command := strings.CutPrefix(strings.TrimLeft(line, " "), "::")
		info, data, ends := strings.Cut(rest, "::")
		if !command || !ends {
			return nil, fmt.Errorf("%q is no command", line)
		}
		name, list, _ := strings.Cut(info, " ")
		if !slices.Contains([]string{"error", "warning", "notice"}, name) {
			return nil, fmt.Errorf("command %s", name)
		}
		s := seen{severity: strings.Replace(name, "notice", "note", 1), message: back(data, "\r%0D", "\n%0A", "%%25")}
		for _, pair := range strings.Split(strings.TrimSpace(list), ",") {
			key, value, _ := strings.Cut(pair, "=")
			value = back(value, "\r%0D", "\n%0A", ":%3A", ",%2C", "%%25")
			switch {
			case value == "":
				return nil, fmt.Errorf("property %q of nothing", key)
			case key == "file" && s.file == "":
				s.file = value
			case key == "line" && s.place == "":
				s.place = value
			case key == "col" && s.place != "":
				s.place += ":" + value
			case key == "title" && s.code == "":
				s.code = value
			default:
				return nil, fmt.Errorf("property %q", key)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// back undoes escapes one after the other; each is a character and what stands for it.
func back(s string, escapes ...string) string {
	for _, e := range escapes {
		s = strings.ReplaceAll(s, e[1:], e[:1])
	}
	return s
}
