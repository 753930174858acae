package flux_test

import (
	"fmt"
	"log"
	"os"
	"testing/fstest"

	"stillsuit.dev/sources/flux"
)

// A directory that Flux would build, and the objects that it would apply.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.CopyFS(dir, fstest.MapFS{
		"home/kustomization.yaml": {Data: []byte("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: home\nresources: [words.yaml]\n")},
		"home/words.yaml":         {Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: words}\ndata: {a: b}\n")},
	}); err != nil {
		log.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer root.Close()
	subject, findings, err := flux.Read(root, "home", nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range subject.Objects {
		fmt.Println(o.ID)
	}
	for _, f := range findings {
		fmt.Println(f.Severity, f.Code)
	}
	// Output:
	// ConfigMap home/words
	// note foreign/no-nodes
}
