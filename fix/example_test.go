package fix_test

import (
	"fmt"
	"os"
	"path/filepath"

	"stillsuit.dev/finding"
	"stillsuit.dev/fix"
)

func Example() {
	dir, err := os.MkdirTemp("", "fix")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, "apps.cue"), []byte("add: \"CAP_CHOWN\" // why\n"), 0o600); err != nil {
		panic(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		panic(err)
	}
	defer root.Close()
	at := func(column int) finding.Place { return finding.Place{File: "apps.cue", Line: 1, Column: column} }
	plan, err := fix.Make(root, []finding.Finding{{Edits: []finding.Edit{{From: at(6), To: at(17), OldText: `"CAP_CHOWN"`, NewText: `"CHOWN"`}}}}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Print(len(plan.Fixed), " fixed: ", string(plan.Files[0].After))
	// Output: 1 fixed: add: "CHOWN" // why
}
