package outcome

import (
	"strings"
	"unicode/utf8"
)

// table is rows of cells, the first of them the header. Columns are as wide as their
// widest cell, however wide that is: nothing is cut or wrapped.
type table struct {
	right []bool // by column, the cells stand at the right edge
	rows  [][]string
}

// tableOf has a header, whose cells are at the right edge where their text begins with >.
func tableOf(header ...string) *table {
	t := &table{rows: [][]string{header}}
	for i, cell := range header {
		text, right := strings.CutPrefix(cell, ">")
		header[i] = text
		t.right = append(t.right, right)
	}
	return t
}

// add adds a row. What is left out on the right is empty.
func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// String writes the table, without spaces at the ends of lines.
func (t *table) String() string {
	width := make([]int, len(t.right))
	for _, row := range t.rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		line := ""
		for i, cell := range row {
			if i > 0 {
				line += "   "
			}
			space := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if t.right[i] {
				line += space + cell
			} else {
				line += cell + space
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
