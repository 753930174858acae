package valid

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a text that is no host most likely means.
func TestHostMeant(t *testing.T) {
	for text, want := range map[string]string{
		"https://who.attic.example": "who.attic.example", "http://Who.attic.example:8080/app?x#y": "who.attic.example", "who.attic.example:8443": "who.attic.example",
		"who.attic.example/app": "who.attic.example", "//who.attic.example": "who.attic.example", "Who": "who", "who.attic.example.": "who.attic.example", ".attic.example": "attic.example",
		"who..attic.example": "who.attic.example", "who_am_i.example": "who-am-i.example", " who.example ": "who.example", "who am.example": "who-am.example", "a@b.example": "b.example",
		"-who-.example": "who.example", "*.attic.example.": "*.attic.example", "https://*.attic.example": "*.attic.example", "bücher.example": "xn--bcher-kva.example",
		"": "", "*": "", "a.*.example": "", "*a.example": "", "192.168.1.5": "", "http://192.168.1.5:80/": "", "fd00::1": "", "[fd00::1]:80": "", "https://": "",
		strings.Repeat("a", 64) + ".example": "", strings.Repeat("a.", 127) + "example": "",
	} {
		require.Equal(t, want, HostMeant(text), text)
		if want != "" {
			require.Empty(t, Host(want), text)
			require.NotEmpty(t, Host(text), text)
		}
	}
}

func TestTooLongHost(t *testing.T) {
	require.Empty(t, TooLongHost(strings.Repeat("a", 63)+".example"))
	require.Contains(t, TooLongHost(strings.Repeat("a", 64)+".example"), "64 characters")
	require.Empty(t, TooLongHost(strings.Repeat("a.", 126)+"a"))
	require.Contains(t, TooLongHost(strings.Repeat("a.", 127)+"a"), "255 characters")
}
