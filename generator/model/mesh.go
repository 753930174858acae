package model

// Mesh mirrors #Mesh.
type Mesh struct {
	Class     string `json:"class,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Pods      Labels `json:"pods,omitempty"`
	Domain    string `json:"domain,omitempty"`
}
