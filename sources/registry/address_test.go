package registry

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

func TestPublic(t *testing.T) {
	for _, a := range []string{"1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"} {
		require.True(t, public(netip.MustParseAddr(a)), a)
	}
	for _, a := range []string{
		"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1",
		"2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
	} {
		require.False(t, public(netip.MustParseAddr(a)), a)
	}
}

// A registry of one's own is asked only if it is allowed, by host and port.
func TestPrivateRegistries(t *testing.T) {
	s := start(t, nil, false)
	pushIndex(t, s, "a/b:1", index(t, types.OCIImageIndex, amd64))
	ref := s.host + "/a/b:1"
	named := strings.Replace(ref, "127.0.0.1", "localhost", 1)
	stranger, err := New(&Options{Private: []string{"localhost", "127.0.0.1", "http://127.0.0.1:1"}, Keychain: keychain(authn.AuthConfig{})})
	require.NoError(t, err)
	for _, r := range []string{ref, named} {
		_, err := stranger.Resolve(t.Context(), reference(t, r), nil)
		host, _, _ := strings.Cut(r, "/")
		require.ErrorContains(t, err, "which is not a public address (a registry of your own is allowed with --allow-private "+host+")")
	}
	require.Empty(t, s.forget())

	tls, err := New(&Options{Private: []string{s.host}, Keychain: keychain(authn.AuthConfig{})})
	require.NoError(t, err)
	_, err = tls.Resolve(t.Context(), reference(t, ref), nil)
	require.EqualError(t, err, ref+": the registry does not speak TLS (one of your own is allowed with --allow-private http://"+s.host+")")
	require.Empty(t, s.forget(), "http is never tried instead")

	friend, err := New(&Options{Private: []string{"http://" + strings.Replace(s.host, "127.0.0.1", "LOCALHOST", 1)}, Keychain: keychain(authn.AuthConfig{})})
	require.NoError(t, err)
	_, err = friend.Resolve(t.Context(), reference(t, named), nil)
	require.NoError(t, err)
	_, err = friend.Resolve(t.Context(), reference(t, ref), nil)
	require.Error(t, err, "by that name, and no other")
}

func TestPrivateIsAHost(t *testing.T) {
	for _, entry := range []string{"", "http://", "ftp://a", "a/b", "http://a/b", "a b", "a:b", "u@a", "https://a?b"} {
		_, err := New(&Options{Private: []string{entry}})
		require.ErrorContains(t, err, "is no registry: write host or host:port", entry)
	}
	for entry, want := range map[string]string{
		"Registry": "registry:443", "http://registry": "registry:80", "[fd00::1]:5000": "[fd00::1]:5000", "https://[fd00::1]": "[fd00::1]:443",
	} {
		host, _, err := parsePrivate(entry)
		require.NoError(t, err)
		require.Equal(t, want, host)
	}
}
