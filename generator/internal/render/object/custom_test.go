package object_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/render/facts"
	"stillsuit.dev/generator/internal/render/object"
)

// TestDeepCopy changes a copy, and leaves what it was made from.
func TestDeepCopy(t *testing.T) {
	pool := &object.Custom[facts.AddressPool]{Spec: facts.AddressPool{Addresses: []string{"192.168.1.240/28"}}}
	pool.Labels = map[string]string{"a": "b"}
	other, ok := pool.DeepCopyObject().(*object.Custom[facts.AddressPool])
	require.True(t, ok)
	require.Equal(t, pool, other)
	other.Spec.Addresses[0], other.Labels["a"] = "10.0.0.0/8", "c"
	require.Equal(t, "192.168.1.240/28", pool.Spec.Addresses[0])
	require.Equal(t, "b", pool.Labels["a"])
}
