package model

import "k8s.io/apimachinery/pkg/api/resource"

// Namespace mirrors #Namespace.
type Namespace struct {
	Outside    string            `json:"outside,omitempty"`
	Isolate    *bool             `json:"isolate,omitempty"`
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
	Size     *resource.Quantity `json:"size,omitempty"`
	Class    string             `json:"class,omitempty"`
	Access   string             `json:"access,omitempty"`
	Backup   bool               `json:"backup,omitempty"`
	NoBackup string             `json:"noBackup,omitempty"`
}
