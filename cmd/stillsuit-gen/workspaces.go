package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// madeBelow is the line of docs/workspaces.md below which it is made.
const madeBelow = "<!-- The rest is made from tests/e2e/testdata/ways.yaml: make golden. -->\n"

// workspacesPage is docs/workspaces.md: its text as it stands, and a table of what the
// end-to-end test tries.
func workspacesPage(_ context.Context, root string) (map[string]string, error) {
	const name = "docs/workspaces.md"
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return nil, err
	}
	text, _, found := strings.Cut(string(b), madeBelow)
	if !found {
		return nil, fmt.Errorf("%s lacks the line %s", name, madeBelow)
	}
	b, err = os.ReadFile(filepath.Join(root, "tests/e2e/testdata/ways.yaml"))
	if err != nil {
		return nil, err
	}
	var groups []struct {
		Group string `json:"group"`
		Ways  []struct {
			To string `json:"to"`
			By string `json:"by"`
		} `json:"ways"`
	}
	if err := yaml.Unmarshal(b, &groups); err != nil {
		return nil, err
	}
	var table strings.Builder
	table.WriteString("\n| | tried | refused by |\n|---|---|---|\n")
	for _, g := range groups {
		tried := map[string][]string{}
		var order []string
		for _, w := range g.Ways {
			if !slices.Contains(order, w.By) {
				order = append(order, w.By)
			}
			tried[w.By] = append(tried[w.By], w.To)
		}
		for _, by := range order {
			refused := by
			if by == "" {
				refused = "nothing"
			}
			fmt.Fprintf(&table, "| %s | %s | %s |\n", g.Group, strings.ReplaceAll(strings.Join(tried[by], "; "), "|", `\|`), refused)
		}
	}
	return map[string]string{name: text + madeBelow + table.String()}, nil
}
