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

// Kubernetes mirrors #Kubernetes.
type Kubernetes struct {
	Distribution string          `json:"distribution,omitempty"`
	Version      string          `json:"version,omitempty"`
	Bundled      map[string]bool `json:"bundled,omitempty"`
	Reserved     bool            `json:"reserved,omitempty"`
	ImageGC      ImageGC         `json:"imageGC"`
}

// Brings reports whether the distribution runs the packaged component: K3s
// runs each of its own unless told otherwise, the others have none.
func (k Kubernetes) Brings(component string) bool {
	if k.Distribution != "k3s" {
		return false
	}
	on, said := k.Bundled[component]
	return on || !said
}

// Flux mirrors #Flux.
type Flux struct {
	Source   string                       `json:"source,omitempty"`
	URL      string                       `json:"url,omitempty"`
	Branch   string                       `json:"branch,omitempty"`
	Interval Duration                     `json:"interval,omitempty"`
	Timeout  Duration                     `json:"timeout,omitempty"`
	Place    *Place                       `json:"place,omitempty"`
	Memory   map[string]resource.Quantity `json:"memory,omitempty"`
}

// defaultMemory is each controller's limit. Our choice: Flux's own manifests say
// 1Gi for each, which no small node has to spare four times.
const defaultMemory = "256Mi"

// Limit is the memory limit of one of Flux's controllers.
func (f Flux) Limit(controller string) resource.Quantity {
	if q, said := f.Memory[controller]; said {
		return q
	}
	return resource.MustParse(defaultMemory)
}

// Secrets mirrors #Secrets.
type Secrets struct {
	Age        []string `json:"age,omitempty"`
	Decryption string   `json:"decryption,omitempty"`
}

// Network mirrors #Network.
type Network struct {
	CNI          string            `json:"cni,omitempty"`
	Pods         string            `json:"pods,omitempty"`
	Services     string            `json:"services,omitempty"`
	LAN          string            `json:"lan,omitempty"`
	Pools        map[string]string `json:"pools,omitempty"`
	LoadBalancer string            `json:"loadBalancer,omitempty"`
	ProbesFrom   []string          `json:"probesFrom,omitempty"`
	DNS          Peer              `json:"dns"`
	APIPort      int32             `json:"apiPort,omitempty"`
}

// Peer names pods of some namespace, by their labels; without labels, all of them.
type Peer struct {
	Namespace string `json:"namespace,omitempty"`
	Pods      Labels `json:"pods,omitempty"`
}

// Ceiling mirrors #Ceiling.
type Ceiling struct {
	Nodes    []string          `json:"nodes,omitempty"`
	Board    string            `json:"board,omitempty"`
	Memory   resource.Quantity `json:"memory,omitempty"`
	Requests Share             `json:"requests,omitempty"`
	Limits   Share             `json:"limits,omitempty"`
}

// Rollout mirrors #Rollout.
type Rollout struct {
	Concurrent int `json:"concurrent,omitempty"`
}

// Node mirrors #Node.
type Node struct {
	Arch     string            `json:"arch,omitempty"`
	Level    string            `json:"level,omitempty"`
	Address  string            `json:"address,omitempty"`
	Role     string            `json:"role,omitempty"`
	Memory   resource.Quantity `json:"memory,omitempty"`
	CPU      resource.Quantity `json:"cpu,omitempty"`
	Reserved Resources         `json:"reserved"`
	Disks    map[string]Disk   `json:"disks,omitempty"`
	Labels   Labels            `json:"labels,omitempty"`
	Taints   Taints            `json:"taints,omitempty"`
	Devices  map[string]string `json:"devices,omitempty"`
	GPU      *GPU              `json:"gpu,omitempty"`
	Board    string            `json:"board,omitempty"`
	Offline  string            `json:"offline,omitempty"`
}

// Disk mirrors #Disk.
type Disk struct {
	Size   resource.Quantity `json:"size,omitempty"`
	Path   string            `json:"path,omitempty"`
	Class  string            `json:"class,omitempty"`
	Images bool              `json:"images,omitempty"`
}

// GPU mirrors #GPU.
type GPU struct {
	Resource     string `json:"resource,omitempty"`
	Count        int    `json:"count,omitempty"`
	RuntimeClass string `json:"runtimeClass,omitempty"`
}

// Namespace mirrors #Namespace.
type Namespace struct {
	Labels     Labels            `json:"labels,omitempty"`
	Security   string            `json:"security,omitempty"`
	Quota      *Quota            `json:"quota,omitempty"`
	LimitRange *LimitRange       `json:"limitRange,omitempty"`
	Claims     map[string]*Claim `json:"claims,omitempty"`
	Workspace  string            `json:"workspace,omitempty"`
	Hosts      []string          `json:"hosts,omitempty"`
}

// Quota mirrors #Quota.
type Quota struct {
	CPU     *resource.Quantity `json:"cpu,omitempty"`
	Memory  *resource.Quantity `json:"memory,omitempty"`
	Limits  *Resources         `json:"limits,omitempty"`
	Pods    *int64             `json:"pods,omitempty"`
	Scratch *resource.Quantity `json:"scratch,omitempty"`
	Storage *resource.Quantity `json:"storage,omitempty"`
}

// LimitRange is what containers get that say nothing.
type LimitRange struct {
	Requests *Resources `json:"requests,omitempty"`
	Limits   *Resources `json:"limits,omitempty"`
}

// Claim mirrors #Claim.
type Claim struct {
	Size   *resource.Quantity `json:"size,omitempty"`
	Class  string             `json:"class,omitempty"`
	Access string             `json:"access,omitempty"`
	Backup bool               `json:"backup,omitempty"`
}

// Resources mirrors #Resources.
type Resources struct {
	CPU    *resource.Quantity `json:"cpu,omitempty"`
	Memory *resource.Quantity `json:"memory,omitempty"`
}

// ImageGC is when the kubelets remove images.
type ImageGC struct {
	High Share `json:"high,omitempty"`
	Low  Share `json:"low,omitempty"`
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
