package model

import (
	"maps"
	"slices"
)

// What the cluster offers to its apps. Charts make these facts true.

// IngressController mirrors #IngressController.
type IngressController struct {
	Class       string                `json:"class,omitempty"`
	Namespace   string                `json:"namespace,omitempty"`
	Pods        Labels                `json:"pods,omitempty"`
	Entrypoints []string              `json:"entrypoints,omitempty"`
	Middlewares map[string]Middleware `json:"middlewares,omitempty"`
}

// Middleware mirrors #Middleware.
type Middleware struct {
	Namespace string         `json:"namespace,omitempty"`
	Spec      map[string]any `json:"spec,omitempty"`
}

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

// Tunnel mirrors #Tunnel.
type Tunnel struct {
	App         string   `json:"app,omitempty"`
	Domains     []string `json:"domains,omitempty"`
	Config      string   `json:"config,omitempty"`
	ID          string   `json:"id,omitempty"`
	Credentials string   `json:"credentials,omitempty"`
}

// Mesh mirrors #Mesh.
type Mesh struct {
	Class     string `json:"class,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Pods      Labels `json:"pods,omitempty"`
	Domain    string `json:"domain,omitempty"`
}

// Scraper mirrors #Scraper.
type Scraper struct {
	Namespace string                  `json:"namespace,omitempty"`
	Pods      Labels                  `json:"pods,omitempty"`
	Select    Labels                  `json:"select,omitempty"`
	Interval  Duration                `json:"interval,omitempty"`
	Targets   map[string]ScrapeTarget `json:"targets,omitempty"`
}

// ScrapeTarget mirrors #ScrapeTarget.
type ScrapeTarget struct {
	Addresses []string `json:"addresses,omitempty"`
	Path      string   `json:"path,omitempty"`
	Scheme    string   `json:"scheme,omitempty"`
	Labels    Labels   `json:"labels,omitempty"`
}

// StorageClass mirrors #StorageClass.
type StorageClass struct {
	Provisioner string            `json:"provisioner,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	Nodes       []string          `json:"nodes,omitempty"`
	Default     bool              `json:"default,omitempty"`
	Waits       *bool             `json:"waits,omitempty"`
}

// WaitsForConsumer reports whether a claim of the class stays pending until a
// pod that uses it is placed.
func (s StorageClass) WaitsForConsumer() bool { return s.Waits == nil || *s.Waits }

// NodesOf are the nodes on which volumes of a storage class can lie, sorted: those
// that the class names, or else those with a disk of it. None means any.
func (c *Cluster) NodesOf(class string) []string {
	nodes := slices.Clone(c.Storage[class].Nodes)
	if len(nodes) == 0 {
		for name, node := range c.Nodes {
			for _, disk := range node.Disks {
				if disk.Class == class {
					nodes = append(nodes, name)
				}
			}
		}
	}
	slices.Sort(nodes)
	return slices.Compact(nodes)
}

// Tolerated are the keys of the taints that do not keep pods of a place away, sorted:
// those that it names, and those of the one node that it names.
func (c *Cluster) Tolerated(p *Place) []string {
	keys := slices.Clone(p.Tolerate)
	if node := c.Nodes[p.Node]; node != nil {
		keys = slices.AppendSeq(keys, maps.Keys(node.Taints))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Selector are the labels that a node must have for pods of a place; nil for none.
func (p *Place) Selector() map[string]string {
	out := map[string]string{}
	maps.Copy(out, p.Labels)
	for label, value := range map[string]string{"kubernetes.io/arch": p.Arch, "kubernetes.io/hostname": p.Node} {
		if value != "" {
			out[label] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

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

// Notification mirrors #Notification.
type Notification struct {
	Type     string `json:"type,omitempty"`
	Address  string `json:"address,omitempty"`
	Channel  string `json:"channel,omitempty"`
	Secret   string `json:"secret,omitempty"`
	Severity string `json:"severity,omitempty"`
}
