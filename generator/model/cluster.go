package model

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/finding"
)

// Cluster mirrors #Cluster.
type Cluster struct {
	Name          string                  `json:"name,omitempty"`
	Domain        string                  `json:"domain,omitempty"`
	Timezone      string                  `json:"timezone,omitempty"`
	Kubernetes    Kubernetes              `json:"kubernetes"`
	Flux          Flux                    `json:"flux"`
	Secrets       Secrets                 `json:"secrets"`
	Registries    []string                `json:"registries,omitempty"`
	Network       Network                 `json:"network"`
	Ingress       IngressController       `json:"ingress"`
	Certificates  map[string]Certificate  `json:"certificates,omitempty"`
	Tunnels       map[string]Tunnel       `json:"tunnels,omitempty"`
	Meshes        map[string]Mesh         `json:"meshes,omitempty"`
	Metrics       *Scraper                `json:"metrics,omitempty"`
	Storage       map[string]StorageClass `json:"storage,omitempty"`
	Backups       map[string]Backup       `json:"backups,omitempty"`
	Nodes         map[string]*Node        `json:"nodes,omitempty"`
	Ceilings      map[string]Ceiling      `json:"ceilings,omitempty"`
	Rollout       Rollout                 `json:"rollout"`
	Notifications map[string]Notification `json:"notifications,omitempty"`
	Images        map[string]*ImageFact   `json:"images,omitempty"`
	Policies      *Policies               `json:"policies,omitempty"`
	Suppress      map[string]*Suppression `json:"suppress,omitempty"`
}

// Rollout mirrors #Rollout.
type Rollout struct {
	Concurrent int `json:"concurrent,omitempty"`
}

// Resources mirrors #Resources.
type Resources struct {
	CPU    *resource.Quantity `json:"cpu,omitempty"`
	Memory *resource.Quantity `json:"memory,omitempty"`
}

// ImageFact mirrors #ImageFact.
type ImageFact struct {
	Image  string `json:"image,omitempty"`
	Tags   string `json:"tags,omitempty"`
	Arch   string `json:"arch,omitempty"`
	Level  string `json:"level,omitempty"`
	Holds  string `json:"holds,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Suppression mirrors #Suppression.
type Suppression struct {
	Code      finding.Code `json:"code,omitempty"`
	App       string       `json:"app,omitempty"`
	Kind      string       `json:"kind,omitempty"`
	Namespace string       `json:"namespace,omitempty"`
	Name      string       `json:"name,omitempty"`
	Node      string       `json:"node,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	Until     string       `json:"until,omitempty"`
	// Policy is that of a finding of admission/denied. A tree that no CUE produced says
	// it; a cluster has cluster.policies.exceptions.
	Policy string `json:"-"`
}

// SystemNamespaces are there before Flux is, sorted. The cluster's own programs run there.
func SystemNamespaces() []string {
	return []string{"default", "flux-system", "kube-node-lease", "kube-public", "kube-system"}
}
