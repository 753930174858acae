package gate_test

import (
	"fmt"
	"log"

	"stillsuit.dev/checks/gate"
	"stillsuit.dev/generator/lock"
)

// A tag that is another image than in the branch that is merged into.
func Example() {
	base := &lock.Lock{Images: map[string]lock.Image{"example.com/web:1.2.0": {Digest: "sha256:aa", Platforms: []string{"linux/arm64"}, Provenance: lock.Registry}}}
	head := &lock.Lock{Images: map[string]lock.Image{"example.com/web:1.2.0": {Digest: "sha256:bb", Platforms: []string{"linux/arm64"}, Provenance: lock.Registry}}}
	source, err := head.Marshal()
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range gate.Lock(base, head, source) {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	// Output: images.lock.json:4:5 warning gate/weakened
}
