package model

// IngressController mirrors #IngressController.
type IngressController struct {
	Class       string                `json:"class,omitempty"`
	Namespace   string                `json:"namespace,omitempty"`
	Pods        Labels                `json:"pods,omitempty"`
	Address     string                `json:"address,omitempty"`
	Entrypoints []string              `json:"entrypoints,omitempty"`
	Middlewares map[string]Middleware `json:"middlewares,omitempty"`
}
