package model

import "k8s.io/apimachinery/pkg/api/resource"

// Flux mirrors #Flux.
type Flux struct {
	Source   string                       `json:"source,omitempty"`
	URL      string                       `json:"url,omitempty"`
	Branch   string                       `json:"branch,omitempty"`
	Interval Duration                     `json:"interval,omitempty"`
	Timeout  Duration                     `json:"timeout,omitempty"`
	Place    *Place                       `json:"place,omitempty"`
	Memory   map[string]resource.Quantity `json:"memory,omitempty"`
	Operator *FluxOperator                `json:"operator,omitempty"`
}

// FluxOperator mirrors #FluxOperator.
type FluxOperator struct {
	Version  string `json:"version,omitempty"`
	Registry string `json:"registry,omitempty"`
	Secret   string `json:"secret,omitempty"`
	Tag      string `json:"tag,omitempty"`
}

// SourceKind is the kind of the object that Flux follows.
func (f Flux) SourceKind() string {
	if f.Source == "oci" {
		return "OCIRepository"
	}
	return "GitRepository"
}

// Ref is the branch, or the tag of the artifact, that Flux follows.
func (f Flux) Ref() string {
	if f.Source == "oci" && f.Operator != nil {
		return f.Operator.Tag
	}
	return f.Branch
}

// Follows says what Flux follows: main of https://example.com/home.
func (f Flux) Follows() string { return f.Ref() + " of " + f.URL }

// defaultMemory is each controller's limit. Our choice: Flux's own manifests say
// 1Gi for each, which no small node has to spare four times.
const defaultMemory = "256Mi"

// Limit is the memory limit of one of Flux's controllers.
func (f Flux) Limit(controller string) resource.Quantity {
	if q, said := f.Memory[controller]; said {
		return q
	}
	return resource.MustParse(defaultMemory)
}
