package model

// RBAC mirrors #RBAC.
type RBAC struct {
	Allow    map[string][]string `json:"allow,omitempty"`
	User     string              `json:"user,omitempty"`
	Group    string              `json:"group,omitempty"`
	Account  string              `json:"account,omitempty"`
	Grants   map[string]*Grant   `json:"grants,omitempty"`
	Boundary []string            `json:"boundary,omitempty"`
}
