package model

import "strings"

// Provisioner is what is known of a program that makes volumes: what claims may ask of it,
// and what can be done with the volumes.
type Provisioner struct {
	// Access are the access modes that a volume with a file system can have. None means
	// that nobody said.
	Access []string
	// Network says that every node reaches its volumes.
	Network bool
	// Expands says that a claim may ask for more later.
	Expands bool
	// Snapshots says that a VolumeSnapshotClass can be made for it.
	Snapshots bool
	// Parameters are what a class tells it, unless it says otherwise.
	Parameters map[string]string
	// Needs are parameters that only the user knows.
	Needs []string
	// Class is one that comes with it, which it writes anew when somebody changes it.
	Class string
}

// The provisioners that this package knows by name; those of Rook start with the namespace
// of its operator.
const (
	LocalPath = "rancher.io/local-path"
	Longhorn  = "driver.longhorn.io"
	NFSCSI    = "nfs.csi.k8s.io"
	rookBlock = ".rbd.csi.ceph.com"
	rookFiles = ".cephfs.csi.ceph.com"
)

// AnnotationVolumeType of a storage class, and AnnotationClaimType of a claim, which wins, tell
// the local path provisioner what kind of volume to make: local or hostPath. Without either
// it makes hostPath (rancher/local-path-provisioner@9fa2a62e provisioner.go, Provision).
const (
	AnnotationVolumeType = "defaultVolumeType"
	AnnotationClaimType  = "volumeType"
)

const (
	once     = "ReadWriteOnce"
	oncePod  = "ReadWriteOncePod"
	many     = "ReadWriteMany"
	manyRead = "ReadOnlyMany"
)

// ProvisionerOf returns what is known of the provisioner of that name.
func ProvisionerOf(name string) (Provisioner, bool) {
	switch {
	case name == LocalPath: // provisioner.go refuses every other mode
		return Provisioner{Access: []string{once, oncePod}}, true
	case name == Longhorn:
		return longhorn(), true
	case name == NFSCSI:
		return nfsCSI(), true
	}
	if namespace, ok := strings.CutSuffix(name, rookBlock); ok && namespace != "" {
		return rook(namespace, "rbd", "pool"), true
	}
	if namespace, ok := strings.CutSuffix(name, rookFiles); ok && namespace != "" {
		return rook(namespace, "cephfs", "fsName"), true
	}
	return Provisioner{}, false
}

// longhorn is Longhorn's driver (longhorn/longhorn, chart/templates/storageclass.yaml and
// examples/storageclass.yaml; longhorn.io/docs, RWX volumes and CSI snapshots). Its manager
// keeps the class of that template as it is.
func longhorn() Provisioner {
	return Provisioner{
		Access: []string{once, oncePod, many}, Network: true, Expands: true, Snapshots: true, Class: "longhorn",
		Parameters: map[string]string{"numberOfReplicas": "3", "staleReplicaTimeout": "30", "fsType": "ext4"},
	}
}

// nfsCSI is the driver of Kubernetes' own project
// (kubernetes-csi/csi-driver-nfs, docs/driver-parameters.md, pkg/nfs/nfs.go). The directory
// of a deleted volume stays, as the files of every class here do.
func nfsCSI() Provisioner {
	return Provisioner{
		Access: []string{once, oncePod, many, manyRead}, Network: true, Expands: true, Snapshots: true,
		Parameters: map[string]string{"onDelete": "retain"}, Needs: []string{"server", "share"},
	}
}

// rook is Ceph's driver as Rook runs it, named after the namespace of the operator, where
// the cluster is too unless clusterID says otherwise (rook/rook,
// deploy/examples/csi/rbd/storageclass.yaml and cephfs/storageclass.yaml). A block device
// with a file system is mounted by one node at a time.
func rook(namespace, kind, need string) Provisioner {
	out := Provisioner{
		Access: []string{once, oncePod, manyRead}, Network: true, Expands: true, Snapshots: true, Needs: []string{need},
		Parameters: map[string]string{"clusterID": namespace},
	}
	secrets := []string{"provisioner", "controller-expand", "node-stage"}
	if kind == "rbd" {
		secrets = append(secrets, "controller-publish")
		out.Parameters["imageFormat"], out.Parameters["imageFeatures"] = "2", "layering"
		out.Parameters["csi.storage.k8s.io/fstype"] = "ext4"
	} else {
		out.Access = append(out.Access, many)
	}
	for _, use := range secrets {
		holder := "provisioner"
		if use == "node-stage" {
			holder = "node"
		}
		out.Parameters["csi.storage.k8s.io/"+use+"-secret-name"] = "rook-csi-" + kind + "-" + holder
		out.Parameters["csi.storage.k8s.io/"+use+"-secret-namespace"] = namespace
	}
	return out
}

// MakesHostPath reports whether a provisioner makes volumes of the kind hostPath: from the
// annotations of the class and of the claim for the local path provisioner; always for
// minikube's (pkg/storage/storage_provisioner.go) and Kubernetes' own
// (pkg/volume/hostpath/host_path.go, for tests).
func MakesHostPath(provisioner string, class, claim map[string]string) bool {
	switch provisioner {
	case "k8s.io/minikube-hostpath", "kubernetes.io/host-path":
		return true
	case LocalPath:
		kind := class[AnnotationVolumeType]
		if own, said := claim[AnnotationClaimType]; said {
			kind = own
		}
		return !strings.EqualFold(kind, "local")
	}
	return false
}

// MakesLocal reports whether K3s's own class makes local volumes, as all do from 1.30 on,
// and the last patches of three minors before (k3s-io/k3s issues 9872, 9928 and 9929,
// manifests/local-storage.yaml). A version that nobody said is taken for one that does, and
// a minor whose patch nobody said for its first.
func (k Kubernetes) MakesLocal() bool {
	from := map[int]int{27: 13, 28: 9, 29: 4}
	minor := k.Minor()
	first, some := from[minor]
	return minor == 0 || minor >= 30 || some && k.patch() >= first
}
