package library_test

import (
	"fmt"
	"log"
	"slices"

	lib "stillsuit.dev/policies/library"

	"stillsuit.dev/policies/admission"
)

// The policies of the set baseline that a cluster asks.
func Example() {
	all, err := admission.Load(lib.FS)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range all {
		if slices.Contains(p.Sets, "baseline") && p.Severity == "critical" {
			fmt.Println(p.Name+":", p.Title)
		}
	}
	// Output:
	// cluster-admins: Nobody is made cluster-admin
	// privileged-containers: No container is privileged
	// role-escalation: Nobody can give themselves more rights
	// sops-secrets: Secrets lie in Git encrypted
}
