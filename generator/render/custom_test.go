package render

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// TestProviderOf finds the chart that makes a fact true, and says so when there is
// none; one that is installed outside is told the fact by somebody else.
func TestProviderOf(t *testing.T) {
	here, there := newChart("metallb", &model.Chart{Namespace: "network"}), newChart("tailscale", &model.Chart{Namespace: "tailscale", Outside: "by hand"})
	r := &renderer{d: &model.Desired{}, units: map[string]*manifest.Unit{}, providers: map[string]*chart{"metallb.io": here, "tailscale.com": there}}
	require.Same(t, here, r.providerOf("metallb.io", model.Path{"cluster"}, "pools are declared"))
	require.Nil(t, r.providerOf("tailscale.com", model.Path{"cluster"}, "meshes are declared"))
	require.Empty(t, r.Findings)
	require.Nil(t, r.providerOf("cert-manager.io", model.Path{"cluster"}, "certificates are declared"))
	require.Len(t, r.Findings, 1)
	require.EqualValues(t, "cluster/no-chart", r.Findings[0].Code)
	unit := r.config(here)
	require.Equal(t, &manifest.Unit{Name: "metallb-config", Dir: "network/metallb-config", Origin: []string{"charts", "metallb"}}, unit)
	require.Same(t, unit, r.config(here))
}

// TestDeepCopy changes a copy, and leaves what it was made from.
func TestDeepCopy(t *testing.T) {
	pool := &custom[addressPool]{Spec: addressPool{Addresses: []string{"192.168.1.240/28"}}}
	pool.Labels = map[string]string{"a": "b"}
	other, ok := pool.DeepCopyObject().(*custom[addressPool])
	require.True(t, ok)
	require.Equal(t, pool, other)
	other.Spec.Addresses[0], other.Labels["a"] = "10.0.0.0/8", "c"
	require.Equal(t, "192.168.1.240/28", pool.Spec.Addresses[0])
	require.Equal(t, "b", pool.Labels["a"])
}
