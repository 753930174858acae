package files_test

import (
	"fmt"
	"io/fs"
	"log"
	"strings"

	"stillsuit.dev/files"
)

// A directory, read as a file system that holds files and directories alone.
func Example() {
	root, err := files.OpenRoot(".")
	if err != nil {
		log.Fatal(err)
	}
	defer root.Close()
	b, err := fs.ReadFile(files.FS(root), "files.go")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(string(b), "package files"))

	// What is no file is refused before anything waits for it.
	fmt.Println(files.Check(fs.ModeNamedPipe))
	// Output:
	// true
	// it is a named pipe, not a file
}
