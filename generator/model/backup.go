package model

// Backup mirrors #Backup.
type Backup struct {
	Bucket     string            `json:"bucket,omitempty"`
	Prefix     string            `json:"prefix,omitempty"`
	Endpoint   string            `json:"endpoint,omitempty"`
	Region     string            `json:"region,omitempty"`
	Config     map[string]string `json:"config,omitempty"`
	Secret     string            `json:"secret,omitempty"`
	Schedule   string            `json:"schedule,omitempty"`
	Keep       Duration          `json:"keep,omitempty"`
	Namespaces []string          `json:"namespaces,omitempty"`
	Default    bool              `json:"default,omitempty"`
}
