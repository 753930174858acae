package apiserver_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks/checktest"
)

func TestPrint(t *testing.T) {
	names, _ := filepath.Glob("testdata/trees/*.txtar")
	out, _ := os.Create("/tmp/printed.txt")
	defer out.Close()
	for _, n := range names {
		a, _ := txtar.ParseFile(n)
		for _, f := range checktest.Findings(t, a, checkers()) {
			fmt.Fprintf(out, "%s\t%s\t%d\t%s\t%s\t%s\n", n, f.Place.File, f.Place.Line, f.Code, f.Severity, f.Message())
		}
	}
}
