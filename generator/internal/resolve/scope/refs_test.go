package scope_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// TestProviderOf finds the chart that makes a fact true, and says so when there is
// none; one that is installed outside is told the fact by somebody else.
func TestProviderOf(t *testing.T) {
	here, there := scope.NewChart("metallb", &model.Chart{Namespace: "network"}), scope.NewChart("tailscale", &model.Chart{Namespace: "tailscale", Outside: "by hand"})
	r := &scope.Scope{Desired: &model.Desired{}, Providers: map[string]*scope.Chart{"metallb.io": here, "tailscale.com": there}}
	require.Same(t, here, r.ProviderOf("metallb.io", model.Path{"cluster"}, "pools are declared"))
	require.Nil(t, r.ProviderOf("tailscale.com", model.Path{"cluster"}, "meshes are declared"))
	require.Empty(t, r.Findings)
	require.Nil(t, r.ProviderOf("cert-manager.io", model.Path{"cluster"}, "certificates are declared"))
	require.Len(t, r.Findings, 1)
	require.EqualValues(t, "cluster/no-chart", r.Findings[0].Code)
	require.Equal(t, scope.Unit{Name: "metallb-config", Dir: "network/metallb-config", Origin: model.Path{"charts", "metallb"}}, here.Config())
}
