package tree_test

import (
	"fmt"
	"log"
	"os"

	"stillsuit.dev/generator/tree"
)

// Files are written with a seal, by which an edit is noticed later.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	root, err := os.OpenRoot(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer root.Close()
	one := tree.Tree{Owned: []string{"flux-system/attic"}, Files: []tree.File{{Path: "flux-system/attic/web.yaml", Content: []byte("kind: Service\n"), Sources: []string{"clusters/attic/web.cue"}}}}
	report, findings, err := tree.Write(root, []tree.Tree{one}, nil)
	if err != nil {
		log.Fatal(err, findings)
	}
	fmt.Println(report.Created)

	content, err := root.ReadFile("flux-system/attic/web.yaml")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tree.Inspect(content) == tree.Intact, tree.Inspect(append(content, "# edited\n"...)) == tree.Broken)
	// Output:
	// [flux-system/attic/web.yaml]
	// true true
}
