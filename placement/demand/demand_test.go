package demand

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// Reports go by the names of pods: those of two workloads must not be the same.
func TestNames(t *testing.T) {
	s := &inventory.Subject{}
	for _, at := range [][2]string{{"office", "redis"}, {"office", "web"}, {"photos", "redis"}} {
		d := &appsv1.Deployment{}
		d.Namespace, d.Name = at[0], at[1]
		s.Objects = append(s.Objects, &manifest.Object{ID: manifest.ID{Kind: "Deployment", Namespace: at[0], Name: at[1]}, Value: d})
	}
	d, err := Of(s)
	require.NoError(t, err)
	var names []string
	for _, w := range d.Workloads {
		names = append(names, w.Name)
	}
	assert.Equal(t, []string{"Deployment redis of office", "Deployment redis of photos", "Deployment web"}, names)
}
