package render

import (
	"testing"

	"github.com/stretchr/testify/require"
	storagev1 "k8s.io/api/storage/v1"

	"stillsuit.dev/generator/model"
)

func TestStorage(t *testing.T) {
	storage := func(all map[string]model.StorageClass, disks map[string]model.Disk) func(*model.Cluster) {
		return func(c *model.Cluster) {
			c.Storage, c.Nodes = all, map[string]*model.Node{"pi1": {Disks: disks}}
		}
	}
	no := false
	s, o := offeredBy(storage(map[string]model.StorageClass{"ssd": {Provisioner: localPath, Default: true}}, map[string]model.Disk{"sda": {Class: "ssd", Path: "/mnt/ssd"}}))
	require.Empty(t, s.Findings)
	require.Equal(t, map[string]string{"ssd": "local-config"}, o.classUnits)
	sc, is := storageClasses(o.classes)[0].Value.(*storagev1.StorageClass)
	require.True(t, is)
	require.Equal(t, map[string]string{"nodePath": "/mnt/ssd/storage"}, sc.Parameters)
	require.Equal(t, []string{"pi1"}, sc.AllowedTopologies[0].MatchLabelExpressions[0].Values)
	require.Equal(t, "true", sc.Annotations[annotationDefaultClass])

	refuses(t, map[string]mistake{
		"parameters for nobody":    {"app/missing-field", storage(map[string]model.StorageClass{"a": {Parameters: map[string]string{"x": "y"}}}, nil)},
		"a volume before its pod":  {"storage/waits", storage(map[string]model.StorageClass{"a": {Provisioner: localPath, Waits: &no}}, nil)},
		"two defaults":             {"storage/default", storage(map[string]model.StorageClass{"a": {Default: true}, "b": {Default: true}}, nil)},
		"two disks of a class":     {"storage/disks", storage(nil, map[string]model.Disk{"sda": {Class: "a"}, "sdb": {Class: "a"}})},
		"a disk without a path":    {"app/missing-field", storage(map[string]model.StorageClass{"a": {Provisioner: localPath}}, map[string]model.Disk{"sda": {Class: "a"}})},
		"nothing provides volumes": {"cluster/no-chart", storage(map[string]model.StorageClass{"a": {Provisioner: "nfs.csi.k8s.io"}}, nil)},
	})
}
