package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/version"

	"stillsuit.dev/generator/apis"
)

// readVersion reads a version of Kubernetes as people and K3s write it (1.36, v1.36.1,
// v1.36.1+k3s1), and makes its minor version of it.
func readVersion(text *string) error {
	if *text == "" {
		return nil
	}
	v, err := version.ParseGeneric(*text)
	if err != nil || v.Major() != 1 {
		return fmt.Errorf("--kubernetes is %q; a version of Kubernetes is written like 1.36", *text)
	}
	if v.Minor() > apis.Newest {
		return fmt.Errorf("--kubernetes is %q; this stillsuit knows Kubernetes up to 1.%d", *text, apis.Newest)
	}
	*text = fmt.Sprintf("1.%d", v.Minor())
	return nil
}
