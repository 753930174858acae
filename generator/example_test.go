package generator_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"testing/fstest"

	"stillsuit.dev/generator"
)

// files are a repository of one cluster with one app.
var files = fstest.MapFS{
	"cue.mod/module.cue": {Data: []byte(`module: "example.com@v0"
language: version: "v0.17.0"
deps: "stillsuit.dev@v0": v: "v0.1.0"
`)},
	"clusters/attic/cluster.cue": {Data: []byte(`package attic

import "stillsuit.dev/schemas/v1alpha1"

cluster: v1alpha1.#Cluster & {name: "attic", nodes: pi: v1alpha1.#CM4_8GB}
apps: [_]: v1alpha1.#App
apps: web: {
	namespace: "home"
	user:      1000
	containers: main: {
		image: "docker.io/library/web:1.0.0"
		ports: http: 8080
		requests: memory: "16Mi"
		limits: memory: "64Mi"
	}
}
`)},
}

// open makes the repository in a new directory. Call remove when it is done with.
func open(files fstest.MapFS) (repo *generator.Repo, remove func()) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.CopyFS(dir, files); err != nil {
		log.Fatal(err)
	}
	repo, err = generator.Open(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	return repo, func() {
		if err := repo.Close(); err != nil {
			log.Fatal(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			log.Fatal(err)
		}
	}
}

// rendered loads and renders the cluster.
func rendered(repo *generator.Repo) *generator.Rendering {
	cluster, _, err := generator.Load(context.Background(), repo, "attic")
	if err != nil {
		log.Fatal(err)
	}
	rendering, _, err := generator.Render(cluster)
	if err != nil {
		log.Fatal(err)
	}
	return rendering
}

func ExampleLoad() {
	repo, remove := open(files)
	defer remove()

	cluster, findings, err := generator.Load(context.Background(), repo, "attic")
	if err != nil {
		log.Fatal(err) // the work could not be done
	}
	for _, f := range findings {
		fmt.Println(f) // the input is wrong; cluster may be nil
	}
	fmt.Println(cluster.Apps["web"].Namespace)
	// Output: home
}

// What is wrong with the input comes back on the user's line.
func ExampleLoad_findings() {
	repo, remove := open(fstest.MapFS{
		"cue.mod/module.cue":         files["cue.mod/module.cue"],
		"clusters/attic/cluster.cue": files["clusters/attic/cluster.cue"],
		"clusters/attic/mail.cue": {Data: []byte(`package attic

apps: mail: {
	namspace: "home"
}
`)},
	})
	defer remove()

	cluster, findings, err := generator.Load(context.Background(), repo, "attic")
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	fmt.Println("loaded:", cluster != nil)
	// Output:
	// clusters/attic/mail.cue:4:2: error: namspace is not a field of apps.mail. Did you mean namespace? [cue/unknown-field]
	// loaded: false
}

func ExampleRender() {
	repo, remove := open(files)
	defer remove()
	cluster, _, err := generator.Load(context.Background(), repo, "attic")
	if err != nil {
		log.Fatal(err)
	}

	rendering, findings, err := generator.Render(cluster)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Place, f.Code, f.Severity)
	}
	for _, unit := range rendering.Units {
		for _, object := range unit.Objects {
			fmt.Println(unit.Dir, object.Kind, object.Name)
		}
	}
	// Unordered output:
	// home/web Deployment web
	// home/web Service web
	// home/web ServiceAccount web
	// namespaces Namespace home
	// namespaces NetworkPolicy default-deny
}

func ExampleWrite() {
	repo, remove := open(files)
	defer remove()

	for range 2 {
		report, findings, err := generator.Write(repo, []*generator.Rendering{rendered(repo)}, nil)
		if err != nil {
			log.Fatal(err)
		}
		for _, f := range findings {
			fmt.Println(f) // a file was edited, or is not ours; nothing is written
		}
		fmt.Println(len(report.Created), len(report.Updated), len(report.Removed), len(report.Unchanged))
	}
	// Output:
	// 13 0 0 0
	// 0 0 0 11
}

func ExampleVerify() {
	repo, remove := open(files)
	defer remove()

	drift, err := generator.Verify(repo, []*generator.Rendering{rendered(repo)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(drift[0])
	// Output:
	// flux-system/attic: error: 13 files are missing (flux-system, home/web, kustomization.yaml and namespaces). Run `stillsuit render` and commit what it changes. [tree/drift]
}
