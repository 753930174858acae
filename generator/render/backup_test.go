package render

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/model"
)

func TestBackups(t *testing.T) {
	stores := func(change func(b *model.Backup)) func(*model.Cluster) {
		return func(c *model.Cluster) {
			b := model.Backup{Bucket: "b", Endpoint: "https://s3.example.com", Region: "r", Secret: "store/cloud", Schedule: "30 3 * * *"}
			change(&b)
			c.Backups = map[string]model.Backup{"cloud": b}
		}
	}
	s, o := offeredBy(stores(func(*model.Backup) {}))
	require.Empty(t, s.Findings)
	require.Equal(t, map[string]string{
		id(groupVelero, "BackupStorageLocation", "velero", "cloud"): "velero/velero-config", id(groupVelero, "Schedule", "velero", "cloud"): "velero/velero-config",
	}, called(backupStores(o.stores)))
	require.True(t, o.stores[0].first)
	require.Equal(t, []string{"cert-manager", "local", "metallb", "site", "traefik", "velero"}, o.stores[0].Namespaces)
	require.Len(t, s.charts["velero"].flows.out, 1, "it gets to its store")

	refuses(t, map[string]mistake{
		"it has no bucket":              {"app/missing-field", stores(func(b *model.Backup) { b.Bucket = "" })},
		"its secret is not there":       {"secret/unknown", stores(func(b *model.Backup) { b.Secret = "other/cloud" })},
		"it is for nobody's namespace":  {"namespace/unknown", stores(func(b *model.Backup) { b.Namespaces = []string{"elsewhere"} })},
		"nobody can tell where it lies": {"network/bad-address", stores(func(b *model.Backup) { b.Endpoint = "example" })},
		"two are the default": {"backup/default", func(c *model.Cluster) {
			stores(func(b *model.Backup) { b.Default = true })(c)
			c.Backups["other"] = c.Backups["cloud"]
		}},
	})
}
