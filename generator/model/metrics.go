package model

// Scraper mirrors #Scraper.
type Scraper struct {
	Namespace string                  `json:"namespace,omitempty"`
	Pods      Labels                  `json:"pods,omitempty"`
	Select    Labels                  `json:"select,omitempty"`
	Interval  Duration                `json:"interval,omitempty"`
	Targets   map[string]ScrapeTarget `json:"targets,omitempty"`
}
