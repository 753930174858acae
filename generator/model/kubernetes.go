package model

import (
	"strconv"
	"strings"
)

// Kubernetes mirrors #Kubernetes.
type Kubernetes struct {
	Distribution   string          `json:"distribution,omitempty"`
	Version        string          `json:"version,omitempty"`
	Bundled        map[string]bool `json:"bundled,omitempty"`
	EgressSelector string          `json:"egressSelector,omitempty"`
	Reserved       bool            `json:"reserved,omitempty"`
	ImageGC        ImageGC         `json:"imageGC"`
}

// Minor is the second number of the version, 34 of v1.34.2; 0 when it is not said.
func (k Kubernetes) Minor() int {
	_, minor, _ := strings.Cut(k.Version, ".")
	minor, _, _ = strings.Cut(minor, ".")
	n, _ := strconv.Atoi(minor) // what is no number is not said
	return n
}

// patch is the third number of the version; 0 when it is not said.
func (k Kubernetes) patch() int {
	numbers := strings.SplitN(k.Version, ".", 3)
	if len(numbers) < 3 {
		return 0
	}
	n, _ := strconv.Atoi(numbers[2])
	return n
}

// Brings reports whether the distribution runs the packaged component: K3s
// runs each of its own unless told otherwise, the others have none.
func (k Kubernetes) Brings(component string) bool {
	if k.Distribution != "k3s" {
		return false
	}
	on, said := k.Bundled[component]
	return on || !said
}

// ImageGC is when the kubelets remove images.
type ImageGC struct {
	High Share `json:"high,omitempty"`
	Low  Share `json:"low,omitempty"`
}
