package workload

import (
	"strings"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Share is an NFS export that is mounted with options. Those are of a PersistentVolume, and
// a pod's own volume has none (kubernetes.io/docs/concepts/storage/persistent-volumes,
// mount options), so it is a volume with a claim.
type Share struct {
	Claim          string // its name
	Volume         string // of the PersistentVolume
	Namespace      string
	Server, Export string
	Options        []string
	ReadOnly       bool
	At             model.Path
}

// shareOf is the export of a workload's volume. Where it leads is part of its names: a
// volume cannot lead elsewhere later, nor a claim to another volume.
func shareOf(w *scope.Workload, at model.Path, name string, v *model.Volume) Share {
	server, export, _ := strings.Cut(v.NFS, ":")
	told := strings.Join(append([]string{server, export}, v.Options...), "\n")
	if v.ReadOnly {
		told += "\nro"
	}
	claim := w.Full + "-" + name + "-" + shortHash([]byte(told))
	return Share{
		Claim: claim, Volume: w.Namespace + "-" + claim, Namespace: w.Namespace,
		Server: server, Export: export, Options: v.Options, ReadOnly: v.ReadOnly, At: at,
	}
}
