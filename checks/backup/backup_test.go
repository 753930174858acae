package backup_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/backup"
	"stillsuit.dev/checks/checktest"
)

func checkers() []*checks.Checker { return []*checks.Checker{backup.Checker()} }

func TestTrees(t *testing.T) {
	checktest.Run(t, "testdata/nodes.txtar", "testdata/trees/*.txtar", checkers())
}

func TestClusters(t *testing.T) {
	checktest.Run(t, "testdata/base.txtar", "testdata/clusters/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	checktest.EveryCode(t, backup.Checker(), "testdata/trees/*.txtar", "testdata/clusters/*.txtar")
}

// TestMutants takes from the sound tree, one after the other, each thing that keeps its
// volumes readable. Each must be noticed.
func TestMutants(t *testing.T) {
	const sound = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast, annotations: {defaultVolumeType: local}}
provisioner: rancher.io/local-path
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: web}
spec: {accessModes: [ReadWriteOnce], storageClassName: fast, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: kept}
spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, storageClassName: other, hostPath: {path: /srv}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {backup.velero.io/backup-volumes: data}}
    spec:
      containers: [{name: main, image: "ghcr.io/example/web:1.0.0", volumeMounts: [{name: data, mountPath: /a}]}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`
	for name, m := range map[string]struct{ old, with, want string }{
		"sound":               {"", "", ""},
		"no annotation":       {", annotations: {defaultVolumeType: local}", "", "backup/skipped"},
		"hostPath":            {"defaultVolumeType: local", "defaultVolumeType: hostPath", "backup/skipped"},
		"its claim":           {"name: data, namespace: web}\nspec: {access", "name: data, namespace: web, annotations: {volumeType: hostPath}}\nspec: {access", "backup/skipped"},
		"another provisioner": {"rancher.io/local-path", "k8s.io/minikube-hostpath", "backup/skipped"},
		"a volume by hand":    {"storageClassName: other", "storageClassName: fast", "backup/skipped"},
		"another class":       {"storageClassName: fast, res", "storageClassName: gone, res", "backup/unknown-class"},
		"no mount":            {"volumeMounts: [{name: data", "volumeMounts: [{name: date", "backup/skipped"},
		"no replicas":         {"replicas: 1", "replicas: 0", "backup/not-running"},
		"no choice":           {"annotations: {backup.velero.io/backup-volumes: data}", "annotations: {}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, sound, m.old)
			archive, err := txtar.ParseFile("testdata/nodes.txtar")
			require.NoError(t, err)
			archive.Files = append(archive.Files, txtar.File{Name: "tree/all.yaml", Data: []byte(strings.Replace(sound, m.old, m.with, 1))})
			var got []string
			for _, f := range checktest.Findings(t, archive, checkers()) {
				got = append(got, string(f.Code))
			}
			require.Equal(t, m.want, strings.Join(got, " "))
		})
	}
}
