package outcome

import (
	"fmt"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
)

// shown is how many names stand in a sentence, and inCell in a cell of a table.
const (
	shown  = 6
	inCell = 4
)

// Few writes names as they stand in a sentence, the first of them when they are many.
func Few(names []string) string { return some(names, shown) }

// some writes names, the first n of them when there are two more or yet more than that.
func some(names []string, n int) string {
	if len(names) <= n+1 {
		return finding.All(names)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}

// wide is the number of characters of a bar.
const wide = 20

// bar draws a part of a whole: █████░░░░░░░░░░░░░░░, or #####............... in ASCII.
func bar(part, whole int64, ascii bool) string {
	if whole <= 0 {
		return ""
	}
	n := int(min(quantities.Part(part, wide, whole), wide))
	if ascii {
		return strings.Repeat("#", n) + strings.Repeat(".", wide-n)
	}
	return strings.Repeat("█", n) + strings.Repeat("░", wide-n)
}

// percentage is a part of a whole, rounded down; - where there is no whole.
func percentage(part, whole int64) string {
	if whole <= 0 {
		return "-"
	}
	return fmt.Sprintf("%d%%", quantities.Part(part, 100, whole))
}

// atMost writes an amount rounded down: what is requested as it is written is there.
func atMost(n int64) string {
	const gi = 1 << 30
	if n >= gi {
		n = n/gi*gi + n%gi*10/gi*gi/10 + 1
	}
	return quantities.Bytes(n)
}

// over writes an amount and what there is of it, with the unit once where both have the
// same: 3.8 / 15Gi, 646Mi / 7.6Gi.
func over(part, whole int64) string {
	has, of := quantities.Bytes(part), quantities.Bytes(whole)
	number, unit := strings.TrimRight(has, "BKMGTPEi"), strings.TrimLeft(of, "0123456789.")
	if has == number+unit {
		has = number
	}
	return has + " / " + of
}

// marked adds a mark to a cell, or as much space, so that numbers stay in one column.
func marked(cell string, mark bool) string {
	if mark {
		return cell + " !"
	}
	return cell + "  "
}
