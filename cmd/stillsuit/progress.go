package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// progress draws a bar on a terminal, and nothing elsewhere.
type progress struct{ out io.Writer }

func newProgress(out io.Writer) progress {
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		return progress{out}
	}
	return progress{io.Discard}
}

// show draws how much is done.
func (p progress) show(done, of int) {
	const width = 30
	full := width * done / of
	_, _ = fmt.Fprintf(p.out, "\r[%s%s] %d of %d images", strings.Repeat("=", full), strings.Repeat(" ", width-full), done, of) // a picture only
}

// clear leaves an empty line.
func (p progress) clear() { _, _ = fmt.Fprint(p.out, "\r\x1b[K") } // a picture only
