package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/facts"
	resolved "stillsuit.dev/generator/internal/resolve/facts"
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
		id(kinds.GroupCertManager, "ClusterIssuer", "", "own"): in, id(kinds.GroupCertManager, "ClusterIssuer", "", "made"): in, id(kinds.GroupCertManager, "ClusterIssuer", "", "public"): in,
		id(kinds.GroupCertManager, "ClusterIssuer", "", "made-root"): in, id(kinds.GroupCertManager, "Certificate", "cert-manager", "made-ca"): in,
	}, called(facts.ClusterIssuers(o.Authorities)))
	require.Equal(t, resolved.LetsEncrypt, o.Authorities[2].ACME.Server)
	require.Len(t, s.Charts["cert-manager"].Flows.Out, 1, "it gets to Let's Encrypt")

	refuses(t, map[string]mistake{
		"it is two things":               {code: "certificate/form", declare: authorities(map[string]model.Certificate{"a": {CA: "home-ca", ACME: &model.ACME{}}})},
		"it is nothing":                  {code: "certificate/form", declare: authorities(map[string]model.Certificate{"a": {}})},
		"two sign for a domain":          {code: "certificate/domain", declare: authorities(map[string]model.Certificate{"a": {CA: "home-ca", Domains: []string{"example.com"}}, "b": {CA: "home-ca", Domains: []string{"example.com"}}})},
		"nothing brings its Secret":      {code: "certificate/secret", declare: authorities(map[string]model.Certificate{"a": {CA: "other-ca"}})},
		"it is made and brought as well": {code: "certificate/secret", declare: authorities(map[string]model.Certificate{"a": {CA: "home-ca", SelfSigned: true}})},
	})
}
