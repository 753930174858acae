package model

import "k8s.io/apimachinery/pkg/api/resource"

// Node mirrors #Node.
type Node struct {
	Arch     string            `json:"arch,omitempty"`
	Level    string            `json:"level,omitempty"`
	Address  string            `json:"address,omitempty"`
	Pods     string            `json:"pods,omitempty"`
	Role     string            `json:"role,omitempty"`
	Memory   resource.Quantity `json:"memory,omitempty"`
	CPU      resource.Quantity `json:"cpu,omitempty"`
	Reserved Resources         `json:"reserved"`
	Disks    map[string]Disk   `json:"disks,omitempty"`
	Labels   Labels            `json:"labels,omitempty"`
	Taints   Taints            `json:"taints,omitempty"`
	Devices  map[string]string `json:"devices,omitempty"`
	Extended map[string]int64  `json:"extended,omitempty"`
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
