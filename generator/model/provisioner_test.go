package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMakesHostPath(t *testing.T) {
	local, host := map[string]string{AnnotationVolumeType: "local"}, map[string]string{AnnotationVolumeType: "hostPath"}
	for _, c := range []struct {
		name         string
		provisioner  string
		class, claim map[string]string
		want         bool
	}{
		{"says nothing", LocalPath, nil, nil, true},
		{"its class says local", LocalPath, local, nil, false},
		{"in capitals", LocalPath, map[string]string{AnnotationVolumeType: "Local"}, nil, false},
		{"its class says hostPath", LocalPath, host, nil, true},
		{"its claim wins", LocalPath, local, map[string]string{AnnotationClaimType: "hostPath"}, true},
		{"its claim wins, the other way", LocalPath, nil, map[string]string{AnnotationClaimType: "local"}, false},
		{"the annotation is the other one's", LocalPath, nil, map[string]string{AnnotationVolumeType: "local"}, true},
		{"minikube", "k8s.io/minikube-hostpath", local, nil, true},
		{"a driver", Longhorn, nil, nil, false},
	} {
		require.Equal(t, c.want, MakesHostPath(c.provisioner, c.class, c.claim), c.name)
	}
}

func TestMakesLocal(t *testing.T) {
	for version, want := range map[string]bool{
		"": true, "1.34": true, "1.30": true, "1.30.1": true, "1.29": false, "1.29.3": false, "1.29.4": true,
		"1.28.8": false, "1.28.9": true, "1.27.12": false, "1.27.13": true, "1.26.15": false,
	} {
		require.Equal(t, want, Kubernetes{Version: version}.MakesLocal(), version)
	}
}

func TestProvisionerOf(t *testing.T) {
	block, known := ProvisionerOf("storage.rbd.csi.ceph.com")
	require.True(t, known)
	require.Equal(t, "storage", block.Parameters["csi.storage.k8s.io/node-stage-secret-namespace"])
	require.Equal(t, "rook-csi-rbd-node", block.Parameters["csi.storage.k8s.io/node-stage-secret-name"])
	require.NotContains(t, block.Access, "ReadWriteMany")
	files, known := ProvisionerOf("rook-ceph.cephfs.csi.ceph.com")
	require.True(t, known)
	require.Contains(t, files.Access, "ReadWriteMany")
	require.Equal(t, []string{"fsName"}, files.Needs)
	for _, none := range []string{"", ".rbd.csi.ceph.com", "example.com/x"} {
		_, known := ProvisionerOf(none)
		require.False(t, known, none)
	}
}

// TestNodesOfNetwork wants the disks of a class that comes over the network to bind its
// volumes to no node, and those of every other class to do so.
func TestNodesOfNetwork(t *testing.T) {
	c := &Cluster{
		Storage: map[string]StorageClass{"net": {Provisioner: Longhorn}, "disk": {Provisioner: LocalPath}, "some": {Provisioner: Longhorn, Nodes: []string{"b"}}},
		Nodes:   map[string]*Node{"a": {Disks: map[string]Disk{"x": {Class: "net"}, "y": {Class: "disk"}}}},
	}
	require.Empty(t, c.NodesOf("net"))
	require.Equal(t, []string{"a"}, c.NodesOf("disk"))
	require.Equal(t, []string{"b"}, c.NodesOf("some"))
}
