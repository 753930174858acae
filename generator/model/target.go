package model

// ScrapeTarget mirrors #ScrapeTarget.
type ScrapeTarget struct {
	Addresses []string `json:"addresses,omitempty"`
	Path      string   `json:"path,omitempty"`
	Scheme    string   `json:"scheme,omitempty"`
	Labels    Labels   `json:"labels,omitempty"`
}
