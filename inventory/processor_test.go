package inventory_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

func TestLevels(t *testing.T) {
	require.True(t, inventory.Reaches("armv8.2-a", "armv8.0-a"))
	require.False(t, inventory.Reaches("armv8.0-a", "armv8.2-a"))
	require.False(t, inventory.Reaches("x86-64-v4", "armv8.0-a"))
	require.False(t, inventory.Reaches("", "x86-64-v1"))
}

func TestPulls(t *testing.T) {
	image := &lock.Image{Sizes: map[string]int64{"linux/amd64": 1, "linux/amd64/v3": 3, "linux/arm/v6": 6, "linux/arm/v7": 7, "linux/arm64": 64, "windows/amd64": 9}}
	for _, c := range []struct {
		node  model.Node
		bytes int64
		known bool
	}{
		{model.Node{Arch: "amd64", Level: "x86-64-v2"}, 1, true},
		{model.Node{Arch: "amd64", Level: "x86-64-v4"}, 3, true},
		{model.Node{Arch: "amd64"}, 1, true},
		{model.Node{Arch: "arm"}, 7, true},
		{model.Node{Arch: "arm64", Level: "armv8.0-a"}, 64, true},
		{model.Node{Arch: "riscv64"}, 0, false},
		{model.Node{}, 0, false},
	} {
		bytes, known := (&inventory.Node{Node: &c.node}).Pulls(image)
		require.Equal(t, c.known, known, c.node)
		require.Equal(t, c.bytes, bytes, c.node)
	}

	// What is built for no platform of the node is not pulled; of what is not locked
	// nothing is known.
	pi := &inventory.Node{Node: &model.Node{Arch: "arm64"}}
	bytes, known := pi.Pulls(&lock.Image{Platforms: []string{"linux/amd64"}, Sizes: map[string]int64{"linux/amd64": 1}})
	require.True(t, known)
	require.Zero(t, bytes)
	_, known = pi.Pulls(&lock.Image{Platforms: []string{"linux/arm64"}})
	require.False(t, known)
	_, known = pi.Pulls(nil)
	require.False(t, known)
}
