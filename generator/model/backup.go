package model

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
)

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

// StoresOf are the stores of any of these tools that are for a namespace, sorted.
func (c *Cluster) StoresOf(namespace string, tools ...string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(c.Backups)) {
		of := c.Backups[name].Namespaces
		here := slices.Contains(of, namespace) || len(of) == 0 && !slices.Contains(SystemNamespaces(), namespace)
		if here && slices.Contains(tools, c.Backups[name].By()) {
			out = append(out, name)
		}
	}
	return out
}
