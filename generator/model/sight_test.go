package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/model"
)

func TestSight(t *testing.T) {
	for _, c := range []struct {
		cni, backend string
		want         model.Sight
	}{
		{"flannel", "", model.SightOverlay},
		{"flannel", "vxlan", model.SightOverlay},
		{"flannel", "wireguard-native", model.SightOverlay},
		{"flannel", "host-gw", model.SightAddress},
		{"canal", "", model.SightOverlay},
		{"kube-router", "", model.SightAddress},
		{"calico", "", model.SightRange},
		{"cilium", "", model.SightIdentity},
		{"other", "", model.SightAny},
		{"", "", model.SightAny},
	} {
		require.Equal(t, c.want, model.Network{CNI: c.cni, Backend: c.backend}.Sight(), c)
	}
	for pods, want := range map[string]string{"10.42.3.0/24": "10.42.3.0", "10.42.3.9/24": "10.42.3.0", "fd00:42:1::/64": "fd00:42:1::"} {
		require.Equal(t, want, (&model.Node{Pods: pods}).Overlay().String())
	}
	require.False(t, (&model.Node{}).Overlay().IsValid())
	require.False(t, (&model.Node{Pods: "10.42.3.0/99"}).Overlay().IsValid())
}

func TestThroughNodes(t *testing.T) {
	for mode, want := range map[string]bool{"": false, "agent": false, "disabled": false, "pod": true, "cluster": true} {
		require.Equal(t, want, model.Kubernetes{Distribution: "k3s", EgressSelector: mode}.ThroughNodes(), mode)
	}
	require.False(t, model.Kubernetes{Distribution: "talos", EgressSelector: "pod"}.ThroughNodes())
}
