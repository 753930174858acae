package inventory

import "stillsuit.dev/finding"

// Found is a finding about a subject from what made or read it.
type Found struct {
	finding.Finding
	// About is the object that it is about, where there is one. A finding of a cluster's
	// CUE goes by its path.
	About Spot
}
