package lock_test

import (
	"fmt"
	"log"

	"stillsuit.dev/generator/lock"
)

// What two locks know differently.
func Example() {
	before, err := lock.Parse([]byte(`{"version": 1, "images": {}}`))
	if err != nil {
		log.Fatal(err)
	}
	now, err := lock.Parse([]byte(`{"version": 1, "images": {"docker.io/library/redis:8": {
		"digest": "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"platforms": ["linux/amd64", "linux/arm64"], "provenance": "registry", "seen": "2026-10-01"}}}`))
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range lock.Diff(before, now) {
		fmt.Println(c.Ref, "is new:", c.Before == nil, c.After.Arches())
	}
	// Output: docker.io/library/redis:8 is new: true [amd64 arm64]
}
