package model

// Tunnel mirrors #Tunnel.
type Tunnel struct {
	App         string   `json:"app,omitempty"`
	Domains     []string `json:"domains,omitempty"`
	Config      string   `json:"config,omitempty"`
	ID          string   `json:"id,omitempty"`
	Credentials string   `json:"credentials,omitempty"`
}
