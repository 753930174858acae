package render

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// TestConfigOf finds the unit for objects of a group that a chart brings, and
// none when Flux installs no such chart.
func TestConfigOf(t *testing.T) {
	here, there := newChart("metallb", &model.Chart{Namespace: "network"}), newChart("tailscale", &model.Chart{Namespace: "tailscale", Outside: "by hand"})
	r := &renderer{units: map[string]*manifest.Unit{}, providers: map[string]*chart{"metallb.io": here, "tailscale.com": there}}
	unit, namespace, ok := r.configOf("metallb.io")
	require.True(t, ok)
	require.Equal(t, "network", namespace)
	require.Equal(t, &manifest.Unit{Name: "metallb-config", Dir: "network/metallb-config", Origin: []string{"charts", "metallb"}}, unit)
	again, _, _ := r.configOf("metallb.io")
	require.Same(t, unit, again)
	for _, group := range []string{"tailscale.com", "cert-manager.io", ""} {
		_, _, ok := r.configOf(group)
		require.False(t, ok, group)
	}
}
