package render

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/model"
)

func TestCertificates(t *testing.T) {
	const in = "cert-manager/cert-manager-config"
	authorities := func(all map[string]model.Certificate) func(*model.Cluster) {
		return func(c *model.Cluster) { c.Certificates = all }
	}
	s, o := offeredBy(authorities(map[string]model.Certificate{
		"own": {CA: "home-ca"}, "made": {CA: "made-ca", SelfSigned: true}, "public": {ACME: &model.ACME{Email: "a@example.com"}},
	}))
	require.Empty(t, s.Findings)
	require.Equal(t, map[string]string{
		id(groupCertManager, "ClusterIssuer", "", "own"): in, id(groupCertManager, "ClusterIssuer", "", "made"): in, id(groupCertManager, "ClusterIssuer", "", "public"): in,
		id(groupCertManager, "ClusterIssuer", "", "made-root"): in, id(groupCertManager, "Certificate", "cert-manager", "made-ca"): in,
	}, called(clusterIssuers(o.authorities)))
	require.Equal(t, letsEncrypt, o.authorities[2].acme.Server)
	require.Len(t, s.charts["cert-manager"].flows.out, 1, "it gets to Let's Encrypt")

	refuses(t, map[string]mistake{
		"it is two things":               {"certificate/form", authorities(map[string]model.Certificate{"a": {CA: "home-ca", ACME: &model.ACME{}}})},
		"it is nothing":                  {"certificate/form", authorities(map[string]model.Certificate{"a": {}})},
		"two sign for a domain":          {"certificate/domain", authorities(map[string]model.Certificate{"a": {CA: "home-ca", Domains: []string{"example.com"}}, "b": {CA: "home-ca", Domains: []string{"example.com"}}})},
		"nothing brings its Secret":      {"certificate/secret", authorities(map[string]model.Certificate{"a": {CA: "other-ca"}})},
		"it is made and brought as well": {"certificate/secret", authorities(map[string]model.Certificate{"a": {CA: "home-ca", SelfSigned: true}})},
	})
}
