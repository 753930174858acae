package model

// Chart mirrors #Chart.
type Chart struct {
	From    string `json:"from,omitempty"`
	Off     string `json:"off,omitempty"`
	Outside string `json:"outside,omitempty"`

	Needs map[string]string `json:"needs,omitempty"`

	Namespace string `json:"namespace,omitempty"`

	Chart   string `json:"chart,omitempty"`
	Repo    string `json:"repo,omitempty"`
	Git     string `json:"git,omitempty"`
	Version string `json:"version,omitempty"`

	Release      string            `json:"release,omitempty"`
	Values       map[string]any    `json:"values,omitempty"`
	SecretValues map[string]string `json:"secretValues,omitempty"`
	Secrets      map[string]string `json:"secrets,omitempty"`
	CRDs         string            `json:"crds,omitempty"`
	Provides     []string          `json:"provides,omitempty"`

	Services   map[string]*ChartService `json:"services,omitempty"`
	Pods       Labels                   `json:"pods,omitempty"`
	Expose     map[string]*Expose       `json:"expose,omitempty"`
	Connects   map[string][]string      `json:"connects,omitempty"`
	Reaches    []string                 `json:"reaches,omitempty"`
	Internet   *Ports                   `json:"internet,omitempty"`
	LAN        map[string]Ports         `json:"lan,omitempty"`
	Clients    map[string][]string      `json:"clients,omitempty"`
	Metrics    map[string]string        `json:"metrics,omitempty"`
	API        bool                     `json:"api,omitempty"`
	Webhooks   []int32                  `json:"webhooks,omitempty"`
	Probes     []int32                  `json:"probes,omitempty"`
	Everywhere string                   `json:"everywhere,omitempty"`

	Exempt    ChartExempt               `json:"exempt"`
	After     []string                  `json:"after,omitempty"`
	Objects   map[string]map[string]any `json:"objects,omitempty"`
	Footprint Footprints                `json:"footprint,omitempty"`
	Timeout   Duration                  `json:"timeout,omitempty"`
}

// ChartExempt mirrors the field exempt of #Chart.
type ChartExempt struct {
	Privileged string `json:"privileged,omitempty"`
}

// ChartService mirrors #ChartService.
type ChartService struct {
	Service string `json:"service,omitempty"`
	Port    int32  `json:"port,omitempty"`
	Target  int32  `json:"target,omitempty"`
	UDP     bool   `json:"udp,omitempty"`
	Pods    Labels `json:"pods,omitempty"`
}

// Footprints is what a chart's pods ask for, by component: nil when nobody said
// it, and empty when the chart runs no pods.
type Footprints map[string]*Footprint

// Footprint mirrors #Footprint. Its JSON, with the fields in the order of their
// names, is what the tree carries.
type Footprint struct {
	Claims   map[string]string `json:"claims,omitempty"`
	Labels   Labels            `json:"labels,omitempty"`
	Limits   *Resources        `json:"limits,omitempty"`
	Off      string            `json:"off,omitempty"`
	PerNode  bool              `json:"perNode,omitempty"`
	Replicas *int32            `json:"replicas,omitempty"`
	Requests *Resources        `json:"requests,omitempty"`
	Tolerate []string          `json:"tolerate,omitempty"`
}

// Pods is how many pods a component makes on a number of nodes that take them: one on each
// where PerNode says so, else Replicas, which are one where nobody said. A number below 0
// is refused where it stands, and makes none.
func (f *Footprint) Pods(nodes int) int {
	switch {
	case f.PerNode:
		return nodes
	case f.Replicas == nil:
		return 1
	}
	return max(0, int(*f.Replicas))
}

// RunsPods reports whether the chart has pods, as far as its footprint says.
func (c *Chart) RunsPods() bool { return c.Footprint == nil || len(c.Footprint) > 0 }
