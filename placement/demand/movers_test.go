package demand

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// TestMovers counts the pod of each ReplicationSource, beside the pods that have its volume
// unless it copies a snapshot; and none of one that is paused, or of another group.
func TestMovers(t *testing.T) {
	web := &appsv1.Deployment{}
	web.Spec.Template.Spec = corev1.PodSpec{
		Tolerations: []corev1.Toleration{{Key: "external"}},
		Volumes:     []corev1.Volume{{Name: "d", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}}},
	}
	s := &inventory.Subject{Objects: []*manifest.Object{{ID: manifest.ID{Kind: "Deployment", Namespace: "web", Name: "web"}, Value: web}}}
	add := func(group, name string, spec map[string]any) {
		s.Objects = append(s.Objects, &manifest.Object{
			ID:    manifest.ID{Group: group, Kind: "ReplicationSource", Namespace: "web", Name: name},
			Value: map[string]any{"spec": spec},
		})
	}
	resources := map[string]any{"requests": map[string]any{"memory": "128Mi"}, "limits": map[string]any{"memory": "512Mi"}}
	add("volsync.backube", "direct", map[string]any{"sourcePVC": "data", "restic": map[string]any{"copyMethod": "Direct", "moverResources": resources}})
	add("volsync.backube", "snap", map[string]any{"sourcePVC": "data", "restic": map[string]any{"copyMethod": "Snapshot"}})
	add("volsync.backube", "paused", map[string]any{"sourcePVC": "data", "paused": true, "restic": map[string]any{}})
	add("volsync.backube", "broken", map[string]any{"sourcePVC": 1})
	add("example.com", "other", map[string]any{"sourcePVC": "data", "restic": map[string]any{}})
	d, err := Of(s)
	require.NoError(t, err)
	var names []string
	of := map[string]*Workload{}
	for _, w := range d.Workloads {
		names = append(names, w.Name)
		of[w.Name] = w
	}
	require.Equal(t, []string{"Deployment web", "ReplicationSource direct", "ReplicationSource snap"}, names)
	direct := of["ReplicationSource direct"]
	require.Equal(t, Timed, direct.Runs)
	require.Equal(t, "data", direct.Template.Spec.Volumes[0].PersistentVolumeClaim.ClaimName)
	require.Equal(t, []corev1.Toleration{{Key: "external"}}, direct.Template.Spec.Tolerations)
	require.Equal(t, "128Mi", direct.Template.Spec.Containers[0].Resources.Requests.Memory().String())
	require.Empty(t, of["ReplicationSource snap"].Template.Spec.Volumes)
}
