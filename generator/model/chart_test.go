package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/model"
)

func TestFootprintPods(t *testing.T) {
	three, none := int32(3), int32(-1)
	for _, c := range []struct {
		footprint model.Footprint
		pods      int
	}{
		{model.Footprint{}, 1},
		{model.Footprint{Replicas: &three}, 3},
		{model.Footprint{Replicas: &none}, 0},
		{model.Footprint{PerNode: true}, 5},
		{model.Footprint{PerNode: true, Replicas: &three}, 5},
	} {
		require.Equal(t, c.pods, c.footprint.Pods(5))
	}
}
