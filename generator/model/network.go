package model

// Network mirrors #Network.
type Network struct {
	CNI          string            `json:"cni,omitempty"`
	Backend      string            `json:"backend,omitempty"`
	Pods         string            `json:"pods,omitempty"`
	Services     string            `json:"services,omitempty"`
	LAN          string            `json:"lan,omitempty"`
	Pools        map[string]string `json:"pools,omitempty"`
	LoadBalancer string            `json:"loadBalancer,omitempty"`
	ProbesFrom   []string          `json:"probesFrom,omitempty"`
	DNS          Peer              `json:"dns"`
	APIPort      int32             `json:"apiPort,omitempty"`
}

// Peer names pods of some namespace, by their labels; without labels, all of them.
type Peer struct {
	Namespace string `json:"namespace,omitempty"`
	Pods      Labels `json:"pods,omitempty"`
}
