package model

import "slices"

// StorageClass mirrors #StorageClass.
type StorageClass struct {
	Provisioner string            `json:"provisioner,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	Options     []string          `json:"options,omitempty"`
	Nodes       []string          `json:"nodes,omitempty"`
	Default     bool              `json:"default,omitempty"`
	Waits       *bool             `json:"waits,omitempty"`
	Snapshots   string            `json:"snapshots,omitempty"`
}

// WaitsForConsumer reports whether a claim of the class stays pending until a
// pod that uses it is placed.
func (s StorageClass) WaitsForConsumer() bool { return s.Waits == nil || *s.Waits }

// NodesOf are the nodes on which volumes of a storage class can lie, sorted: those
// that the class names, or else those with a disk of it. None means any, as for
// volumes that every node reaches over the network.
func (c *Cluster) NodesOf(class string) []string {
	nodes := slices.Clone(c.Storage[class].Nodes)
	if of, _ := ProvisionerOf(c.Storage[class].Provisioner); len(nodes) == 0 && !of.Network {
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
