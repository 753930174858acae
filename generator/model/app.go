package model

import (
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// App mirrors #App. After loading, Workloads holds every workload, the one
// written in place under the name "".
type App struct {
	Workload

	From      string                    `json:"from,omitempty"`
	Needs     map[string]string         `json:"needs,omitempty"`
	Namespace string                    `json:"namespace,omitempty"`
	Workloads map[string]*Workload      `json:"workloads,omitempty"`
	Secrets   map[string]string         `json:"secrets,omitempty"`
	Expose    map[string]*Expose        `json:"expose,omitempty"`
	After     []string                  `json:"after,omitempty"`
	Account   string                    `json:"account,omitempty"`
	Boundary  []string                  `json:"boundary,omitempty"`
	Objects   map[string]map[string]any `json:"objects,omitempty"`
	Patches   map[string]*Patch         `json:"patches,omitempty"`
}

// AccountOf is the ServiceAccount of the pods of a workload of the app of that name: the
// app's own, or one called as the workload's objects are.
func (a *App) AccountOf(app, workload string) string {
	switch {
	case a.Account != "":
		return a.Account
	case workload == "":
		return app
	}
	return app + "-" + workload
}

// Patch mirrors #Patch.
type Patch struct {
	Kind  string         `json:"kind,omitempty"`
	Name  string         `json:"name,omitempty"`
	Merge map[string]any `json:"merge,omitempty"`
}

// Workload mirrors #Workload.
type Workload struct {
	Off         string   `json:"off,omitempty"`
	Kind        string   `json:"kind,omitempty"`
	Schedule    string   `json:"schedule,omitempty"`
	Concurrency string   `json:"concurrency,omitempty"`
	Deadline    Duration `json:"deadline,omitempty"`
	Retries     *int32   `json:"retries,omitempty"`
	Replicas    *int32   `json:"replicas,omitempty"`

	Containers map[string]*Container `json:"containers,omitempty"`
	Sidecars   map[string]*Container `json:"sidecars,omitempty"`
	Init       map[string]*Container `json:"init,omitempty"`
	Volumes    map[string]*Volume    `json:"volumes,omitempty"`
	Files      map[string]*File      `json:"files,omitempty"`

	User         *int64   `json:"user,omitempty"`
	Group        *int64   `json:"group,omitempty"`
	Groups       []int64  `json:"groups,omitempty"`
	HostNetwork  string   `json:"hostNetwork,omitempty"`
	RuntimeClass string   `json:"runtimeClass,omitempty"`
	Importance   string   `json:"importance,omitempty"`
	Grace        Duration `json:"grace,omitempty"`
	After        []string `json:"after,omitempty"`

	Connects map[string][]string `json:"connects,omitempty"`
	Reaches  []string            `json:"reaches,omitempty"`
	Internet *Ports              `json:"internet,omitempty"`
	LAN      map[string]Ports    `json:"lan,omitempty"`
	Clients  map[string][]string `json:"clients,omitempty"`
	Metrics  map[string]string   `json:"metrics,omitempty"`

	MetricsTokens map[string]string `json:"metricsTokens,omitempty"`

	Place      *Place            `json:"place,omitempty"`
	Update     *Update           `json:"update,omitempty"`
	Disruption *Disruption       `json:"disruption,omitempty"`
	Grants     map[string]*Grant `json:"grants,omitempty"`
	Selector   Labels            `json:"selector,omitempty"`
}

// Ports mirrors #Ports.
type Ports struct {
	TCP []int32 `json:"tcp,omitempty"`
	UDP []int32 `json:"udp,omitempty"`
}

// Update mirrors #Update.
type Update struct {
	Strategy       string              `json:"strategy,omitempty"`
	MaxSurge       *intstr.IntOrString `json:"maxSurge,omitempty"`
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty"`
}

// Disruption is how many pods may be away while nodes are drained.
type Disruption struct {
	MinAvailable   *intstr.IntOrString `json:"minAvailable,omitempty"`
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty"`
}

// Place mirrors #Place.
type Place struct {
	Arch     string   `json:"arch,omitempty"`
	Node     string   `json:"node,omitempty"`
	Labels   Labels   `json:"labels,omitempty"`
	Device   string   `json:"device,omitempty"`
	Tolerate []string `json:"tolerate,omitempty"`
	Apart    string   `json:"apart,omitempty"`
	Beside   string   `json:"beside,omitempty"`
	Spread   string   `json:"spread,omitempty"`
}

// Grant mirrors #Grant.
type Grant struct {
	In    string              `json:"in,omitempty"`
	Allow map[string][]string `json:"allow,omitempty"`
	Role  string              `json:"role,omitempty"`
}

// Container mirrors #Container.
type Container struct {
	From string `json:"from,omitempty"`
	Off  string `json:"off,omitempty"`

	Needs map[string]string `json:"needs,omitempty"`

	Image      string   `json:"image,omitempty"`
	Command    []string `json:"command,omitempty"`
	Args       []string `json:"args,omitempty"`
	WorkingDir string   `json:"workingDir,omitempty"`

	Env       map[string]Scalar `json:"env,omitempty"`
	SecretEnv map[string]string `json:"secretEnv,omitempty"`
	FieldEnv  map[string]string `json:"fieldEnv,omitempty"`

	Ports map[string]int32 `json:"ports,omitempty"`
	UDP   map[string]int32 `json:"udp,omitempty"`

	Ready   *Probe `json:"ready,omitempty"`
	Alive   *Probe `json:"alive,omitempty"`
	Started *Probe `json:"started,omitempty"`

	Requests Resources        `json:"requests"`
	Limits   Resources        `json:"limits"`
	Extended map[string]int64 `json:"extended,omitempty"`
	GPU      int64            `json:"gpu,omitempty"`

	User         *int64            `json:"user,omitempty"`
	Capabilities map[string]string `json:"capabilities,omitempty"`
	Devices      map[string]string `json:"devices,omitempty"`
	Exempt       Exempt            `json:"exempt"`

	Mounts  map[string]string            `json:"mounts,omitempty"`
	Files   map[string]*File             `json:"files,omitempty"`
	Scratch map[string]resource.Quantity `json:"scratch,omitempty"`
}

// Exempt mirrors the field exempt of #Container: the reason for each part of
// the strict security context that is loosened, or "".
type Exempt struct {
	WritableRoot string `json:"writableRoot,omitempty"`
	ImageUser    string `json:"imageUser,omitempty"`
	Root         string `json:"root,omitempty"`
	Escalation   string `json:"escalation,omitempty"`
	Capabilities string `json:"capabilities,omitempty"`
	Seccomp      string `json:"seccomp,omitempty"`
	Privileged   string `json:"privileged,omitempty"`
}

// Probe mirrors #Probe.
type Probe struct {
	Off      string            `json:"off,omitempty"`
	Port     string            `json:"port,omitempty"`
	Path     string            `json:"path,omitempty"`
	Scheme   string            `json:"scheme,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Command  []string          `json:"command,omitempty"`
	Every    Duration          `json:"every,omitempty"`
	Timeout  Duration          `json:"timeout,omitempty"`
	Failures int32             `json:"failures,omitempty"`
	Within   Duration          `json:"within,omitempty"`
}

// Volume mirrors #Volume.
type Volume struct {
	Off      string             `json:"off,omitempty"`
	Mount    string             `json:"mount,omitempty"`
	SubPath  string             `json:"subPath,omitempty"`
	ReadOnly bool               `json:"readOnly,omitempty"`
	Size     *resource.Quantity `json:"size,omitempty"`
	Class    string             `json:"class,omitempty"`
	Access   string             `json:"access,omitempty"`
	Backup   bool               `json:"backup,omitempty"`
	NoBackup string             `json:"noBackup,omitempty"`
	Claim    string             `json:"claim,omitempty"`
	Existing string             `json:"existing,omitempty"`
	Memory   *resource.Quantity `json:"memory,omitempty"`
	Scratch  *resource.Quantity `json:"scratch,omitempty"`
	NFS      string             `json:"nfs,omitempty"`
	Options  []string           `json:"options,omitempty"`
	HostPath *HostPath          `json:"hostPath,omitempty"`
}

// HostPath mirrors #HostPath.
type HostPath struct {
	Path   string `json:"path,omitempty"`
	Type   string `json:"type,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// File mirrors #File.
type File struct {
	Off    string  `json:"off,omitempty"`
	Text   *string `json:"text,omitempty"`
	File   string  `json:"file,omitempty"`
	Dir    string  `json:"dir,omitempty"`
	Secret string  `json:"secret,omitempty"`
	Mode   string  `json:"mode,omitempty"`
}

// Expose mirrors #Expose.
type Expose struct {
	Off                   string           `json:"off,omitempty"`
	Host                  string           `json:"host,omitempty"`
	Hosts                 []string         `json:"hosts,omitempty"`
	Path                  string           `json:"path,omitempty"`
	Port                  string           `json:"port,omitempty"`
	Scheme                string           `json:"scheme,omitempty"`
	ServerName            string           `json:"serverName,omitempty"`
	Unverified            string           `json:"unverified,omitempty"`
	Certificate           string           `json:"certificate,omitempty"`
	Middlewares           []string         `json:"middlewares,omitempty"`
	Annotations           Annotations      `json:"annotations,omitempty"`
	LoadBalancer          string           `json:"loadBalancer,omitempty"`
	Ports                 []string         `json:"ports,omitempty"`
	Listen                map[string]int32 `json:"listen,omitempty"`
	ExternalTrafficPolicy TrafficPolicy    `json:"externalTrafficPolicy"`
	From                  []string         `json:"from,omitempty"`
	Tunnel                string           `json:"tunnel,omitempty"`
	Mesh                  string           `json:"mesh,omitempty"`
}

// TrafficPolicy mirrors the field externalTrafficPolicy of #Expose: the reason for
// Cluster, or "" for Local.
type TrafficPolicy struct {
	Cluster string `json:"Cluster,omitempty"`
}

// PodsOf is how many pods a field replicas, parallelism or completions makes: one when it
// is not there, as the API server fills in, and none when it is below 0, which the API
// server refuses.
func PodsOf(replicas *int32) int {
	if replicas == nil {
		return 1
	}
	return max(0, int(*replicas))
}
