package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	storagev1 "k8s.io/api/storage/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/facts"
	resolved "stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/model"
)

func TestStorage(t *testing.T) {
	storage := func(all map[string]model.StorageClass, disks map[string]model.Disk) func(*model.Cluster) {
		return func(c *model.Cluster) {
			c.Storage, c.Nodes = all, map[string]*model.Node{"pi1": {Disks: disks}}
		}
	}
	no := false
	s, o := offeredBy(storage(map[string]model.StorageClass{"ssd": {Provisioner: resolved.LocalPath, Default: true}}, map[string]model.Disk{"sda": {Class: "ssd", Path: "/mnt/ssd"}}))
	require.Empty(t, s.Findings)
	require.Equal(t, map[string]string{"ssd": "local-config"}, o.ClassUnits)
	sc, is := facts.StorageClasses(o.Classes)[0].Value.(*storagev1.StorageClass)
	require.True(t, is)
	require.Equal(t, map[string]string{"nodePath": "/mnt/ssd/storage"}, sc.Parameters)
	require.Equal(t, []string{"pi1"}, sc.AllowedTopologies[0].MatchLabelExpressions[0].Values)
	require.Equal(t, "true", sc.Annotations[labels.AnnotationDefaultClass])

	refuses(t, map[string]mistake{
		"parameters for nobody":    {code: "app/missing-field", declare: storage(map[string]model.StorageClass{"a": {Parameters: map[string]string{"x": "y"}}}, nil)},
		"a volume before its pod":  {code: "storage/waits", declare: storage(map[string]model.StorageClass{"a": {Provisioner: resolved.LocalPath, Waits: &no}}, nil)},
		"two defaults":             {code: "storage/default", declare: storage(map[string]model.StorageClass{"a": {Default: true}, "b": {Default: true}}, nil)},
		"two disks of a class":     {code: "storage/disks", declare: storage(nil, map[string]model.Disk{"sda": {Class: "a"}, "sdb": {Class: "a"}})},
		"a disk without a path":    {code: "app/missing-field", declare: storage(map[string]model.StorageClass{"a": {Provisioner: resolved.LocalPath}}, map[string]model.Disk{"sda": {Class: "a"}})},
		"nothing provides volumes": {code: "cluster/no-chart", declare: storage(map[string]model.StorageClass{"a": {Provisioner: "nfs.csi.k8s.io"}}, nil)},
	})
}
