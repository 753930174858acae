package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/facts"
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
		id(kinds.GroupVelero, "BackupStorageLocation", "velero", "cloud"): "velero/velero-config", id(kinds.GroupVelero, "Schedule", "velero", "cloud"): "velero/velero-config",
	}, called(facts.BackupStores(o.Stores)))
	require.True(t, o.Stores[0].First)
	require.Equal(t, []string{"cert-manager", "local", "metallb", "site", "traefik", "velero"}, o.Stores[0].Declared.Namespaces)
	require.Len(t, s.Charts["velero"].Flows.Out, 1, "it gets to its store")

	refuses(t, map[string]mistake{
		"it has no bucket":              {code: "app/missing-field", declare: stores(func(b *model.Backup) { b.Bucket = "" })},
		"its secret is not there":       {code: "secret/unknown", declare: stores(func(b *model.Backup) { b.Secret = "other/cloud" })},
		"it is for nobody's namespace":  {code: "namespace/unknown", declare: stores(func(b *model.Backup) { b.Namespaces = []string{"elsewhere"} })},
		"nobody can tell where it lies": {code: "network/bad-address", declare: stores(func(b *model.Backup) { b.Endpoint = "example" })},
		"two are the default": {code: "backup/default", declare: func(c *model.Cluster) {
			stores(func(b *model.Backup) { b.Default = true })(c)
			c.Backups["other"] = c.Backups["cloud"]
		}},
	})
}
