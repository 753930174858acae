package model

// Middleware mirrors #Middleware.
type Middleware struct {
	Namespace string         `json:"namespace,omitempty"`
	Spec      map[string]any `json:"spec,omitempty"`
}
