package apiserver_test

import (
	"fmt"
	"log"
	"testing/fstest"

	"stillsuit.dev/checks/apiserver"
)

// A checker that knows the custom resources whose definitions lie in a directory.
func ExampleReadDefinitions() {
	crds := fstest.MapFS{"gadgets.yaml": {Data: []byte(gadgets)}}
	definitions, err := apiserver.ReadDefinitions(crds, "crds")
	if err != nil {
		log.Fatal(err)
	}
	checker := apiserver.Checker(&apiserver.Options{Definitions: definitions})
	fmt.Println(checker.Name)
	// Output:
	// apiserver
}
