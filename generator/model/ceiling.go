package model

import "k8s.io/apimachinery/pkg/api/resource"

// Ceiling mirrors #Ceiling.
type Ceiling struct {
	Nodes    []string          `json:"nodes,omitempty"`
	Board    string            `json:"board,omitempty"`
	Memory   resource.Quantity `json:"memory,omitempty"`
	Requests Share             `json:"requests,omitempty"`
	Limits   Share             `json:"limits,omitempty"`
}
