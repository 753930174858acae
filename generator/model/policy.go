package model

// Policies mirrors #Policies.
type Policies struct {
	Sets       []string                   `json:"sets,omitempty"`
	Action     string                     `json:"action,omitempty"`
	Off        map[string]string          `json:"off,omitempty"`
	Exceptions map[string]PolicyException `json:"exceptions,omitempty"`
}

// PolicyException mirrors #PolicyException.
type PolicyException struct {
	Policy    string `json:"policy,omitempty"`
	App       string `json:"app,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Until     string `json:"until,omitempty"`
}
