package model

import "k8s.io/apimachinery/pkg/api/resource"

// Backup mirrors #Backup.
type Backup struct {
	Tool       string             `json:"tool,omitempty"`
	Bucket     string             `json:"bucket,omitempty"`
	Prefix     string             `json:"prefix,omitempty"`
	Endpoint   string             `json:"endpoint,omitempty"`
	Region     string             `json:"region,omitempty"`
	Config     map[string]string  `json:"config,omitempty"`
	Secret     string             `json:"secret,omitempty"`
	Schedule   string             `json:"schedule,omitempty"`
	Keep       Duration           `json:"keep,omitempty"`
	Namespaces []string           `json:"namespaces,omitempty"`
	Default    bool               `json:"default,omitempty"`
	Cache      *resource.Quantity `json:"cache,omitempty"`
	Mover      Mover              `json:"mover"`
}

// Mover mirrors the field mover of #Backup.
type Mover struct {
	Requests *Resources `json:"requests,omitempty"`
	Limits   *Resources `json:"limits,omitempty"`
}

// The tools that make backups.
const (
	Velero  = "velero"
	VolSync = "volsync"
)

// By is what makes the backups.
func (b Backup) By() string {
	if b.Tool == "" {
		return Velero
	}
	return b.Tool
}
