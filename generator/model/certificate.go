package model

// Certificate mirrors #Certificate.
type Certificate struct {
	CA         string   `json:"ca,omitempty"`
	SelfSigned bool     `json:"selfSigned,omitempty"`
	ACME       *ACME    `json:"acme,omitempty"`
	Domains    []string `json:"domains,omitempty"`
}

// ACME mirrors #ACME.
type ACME struct {
	Email   string           `json:"email,omitempty"`
	Server  string           `json:"server,omitempty"`
	Solvers []map[string]any `json:"solvers,omitempty"`
}
