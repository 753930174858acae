package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/facts"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/model"
)

func TestPools(t *testing.T) {
	pools := func(text ...string) func(*model.Cluster) {
		return func(c *model.Cluster) {
			c.Network.LoadBalancer, c.Network.Pools = "metallb", map[string]string{}
			for i, t := range text {
				c.Network.Pools[string(rune('a'+i))] = t
			}
		}
	}
	s, o := offeredBy(pools("192.168.1.240 - 192.168.1.250", "192.168.2.17/28"))
	require.Empty(t, s.Findings)
	made := facts.AddressPools(o.Pools)
	require.Equal(t, map[string]string{
		id(kinds.GroupMetalLB, "IPAddressPool", "metallb", "a"): "metallb/metallb-config", id(kinds.GroupMetalLB, "L2Advertisement", "metallb", "a"): "metallb/metallb-config",
		id(kinds.GroupMetalLB, "IPAddressPool", "metallb", "b"): "metallb/metallb-config", id(kinds.GroupMetalLB, "L2Advertisement", "metallb", "b"): "metallb/metallb-config",
	}, called(made))
	require.Equal(t, []string{"192.168.1.240-192.168.1.250"}, made[0].Value.(*object.Custom[facts.AddressPool]).Spec.Addresses)
	require.Equal(t, []string{"192.168.2.16/28"}, made[2].Value.(*object.Custom[facts.AddressPool]).Spec.Addresses)

	refuses(t, map[string]mistake{
		"two pools share an address": {code: "network/pools", declare: pools("192.168.1.0/28", "192.168.1.15-192.168.1.20")},
	})
	s, o = offeredBy(func(c *model.Cluster) { pools("192.168.1.0/28")(c); c.Network.LoadBalancer = "servicelb" })
	require.Empty(t, s.Findings)
	require.Empty(t, o.Pools, "nobody is told")
}
