package docs

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/storage/volume"
	"sigs.k8s.io/yaml"
)

// TestMovedVolume asks Kubernetes' own code whether the claim that Flux makes anew is bound to
// the volume of the how-to "Move a volume", though its class waits for a pod. Each mutant is
// bound to nothing, or to another volume.
func TestMovedVolume(t *testing.T) {
	page, err := os.ReadFile("../../docs/how-to/move-a-volume.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	text, _, found = strings.Cut(text, "```\n")
	require.True(t, found)
	class := "local-path"
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "media", Name: "calibre-web-config", UID: "made-anew"},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, StorageClassName: &class,
			Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}
	other := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: "other"}, Spec: corev1.PersistentVolumeSpec{
		AccessModes: claim.Spec.AccessModes, StorageClassName: class, Capacity: claim.Spec.Resources.Requests,
	}}
	bound := func(text string) *corev1.PersistentVolume {
		moved := &corev1.PersistentVolume{}
		require.NoError(t, yaml.UnmarshalStrict([]byte(text), moved))
		moved.Status.Phase, other.Status.Phase = corev1.VolumeAvailable, corev1.VolumeAvailable
		require.NotNil(t, moved.Spec.Local)
		require.Nil(t, moved.Spec.HostPath)
		got, err := volume.FindMatchingVolume(claim, []*corev1.PersistentVolume{other, moved}, nil, nil, true, true)
		require.NoError(t, err)
		return got
	}
	got := bound(text)
	require.NotNil(t, got)
	require.Equal(t, "calibre-web-config", got.Name)

	for mutant, with := range map[string]string{
		"name: calibre-web-config}": "name: calibre-web}",
		"namespace: media":          "namespace: home",
		"{storage: 1Gi}":            "{storage: 1Mi}",
	} {
		require.Contains(t, text, mutant)
		require.Nil(t, bound(strings.Replace(text, mutant, with, 1)), mutant)
	}
}
