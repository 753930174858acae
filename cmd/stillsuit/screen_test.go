package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Bars are ASCII where a terminal says that it shows no more.
func TestASCII(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, false},
		{map[string]string{"LANG": "en_US.UTF-8"}, false},
		{map[string]string{"LANG": "de_DE.utf8"}, false},
		{map[string]string{"LANG": "en_US.UTF-8", "TERM": "dumb"}, true},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "C"}, true},
		{map[string]string{"LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, false},
		{map[string]string{"LANG": "en_US.ISO-8859-1"}, true},
	} {
		require.Equal(t, c.want, asciiBy(func(name string) string { return c.env[name] }), c.env)
	}
}
