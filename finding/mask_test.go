package finding

import (
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"clone https://me:hunter2@git.example/a.git?ref=v1 failed": "clone https://(hidden)@git.example/a.git?ref=v1 failed",
		`"git::https://ghp_123@github.com/a/b" is fetched`:         `"git::https://(hidden)@github.com/a/b" is fetched`,
		"https://a:b@c@host/x":                                     "https://(hidden)@host/x",
		"oci://me:p%40ss@r.example/c":                              "oci://(hidden)@r.example/c",
		"get https://h/x?a=1&access_token=hunter2&ref=v1#f":        "get https://h/x?a=1&access_token=(hidden)&ref=v1#f",
		"https://s3/x?X-Amz-Signature=abc&X-Amz-Date=1":            "https://s3/x?X-Amz-Signature=(hidden)&X-Amz-Date=1",
		// go-getter takes a whole key in its query (github.com/hashicorp/go-getter, Git).
		`"git@github.com:x/y?sshkey=LS0tLS1C" is fetched`: `"git@github.com:x/y?sshkey=(hidden)" is fetched`,
		"Authorization: Basic dXNlcjpwdw==, and more":     "Authorization: Basic (hidden), and more",
		`{"Authorization": "Bearer abc.def"}`:             `{"Authorization": "Bearer (hidden)"}`,
		`{\"authorization\":\"token abc\"}`:               `{\"authorization\":\"token (hidden)\"}`,
		"sent Bearer eyJhbGciOi12 to it":                  "sent Bearer (hidden) to it",
		"X-Api-Key: abc":                                  "X-Api-Key: (hidden)",
		`"me:hunter2@r.example/a:1" is none`:              `"(hidden)@r.example/a:1" is none`,
		// What is no secret stays.
		"ssh://git@github.com/a/b":                                  "ssh://git@github.com/a/b",
		"oci://ghcr.io/a/b@sha256:0123":                             "oci://ghcr.io/a/b@sha256:0123",
		"docker.io/a/b:1@sha256:0123":                               "docker.io/a/b:1@sha256:0123",
		"https://h/x?ref=v1&timeout=90s@x":                          "https://h/x?ref=v1&timeout=90s@x",
		"redis:8@sha256:0123/":                                      "redis:8@sha256:0123/",
		"git@github.com:a/b.git":                                    "git@github.com:a/b.git",
		"me@example.com asks https://h":                             "me@example.com asks https://h",
		"Basic authentication and Bearer tokens":                    "Basic authentication and Bearer tokens",
		"a // comment mentions x@y":                                 "a // comment mentions x@y",
		"token is a field, and apps.a.env.TOKEN=1 is none of a URL": "token is a field, and apps.a.env.TOKEN=1 is none of a URL",
		"": "",
	} {
		require.Equal(t, want, Mask(text))
		require.Equal(t, want, Mask(Mask(text)), "it stays so")
	}
}

func TestHide(t *testing.T) {
	value := "s3cr\"t &x"
	for _, form := range []string{value, `s3cr\"t &x`, url.QueryEscape(value), url.PathEscape(value), base64.StdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value))} {
		require.Equal(t, "a (hidden) b", Hide("a "+form+" b", []string{value}))
		require.NotEqual(t, "a (hidden) b", Hide("a "+form+" b", nil))
	}
	require.Equal(t, `cat "cat" and (hidden)`, Hide(`cat "cat" and "a"`, []string{"a"}), "a short value is hidden in quotes only")
	require.Equal(t, "x (hidden) y (hidden)", Hide("x first y second", []string{"first\nsecond\n"}))
	f := Finding{Problem: "a hunter2", Detail: "b hunter2", Fix: "c hunter2"}
	f.Hide([]string{"hunter2"})
	require.Equal(t, "a (hidden). B (hidden). C (hidden).", f.Message())

	related, edits := []Related{{What: "first hunter2"}, {What: "then"}}, []Edit{{NewText: "x: 1"}, {NewText: "x: \"hunter2\""}}
	f = Finding{Related: related, Edits: edits}
	f.Hide([]string{"hunter2"})
	require.Equal(t, []Related{{What: "first (hidden)"}, {What: "then"}}, f.Related)
	require.Empty(t, f.Edits, "half a fix is none")
	require.Equal(t, "first hunter2", related[0].What, "another finding may have the same slice")
	f.Edits = edits[:1]
	f.Hide([]string{"hunter2"})
	require.Len(t, f.Edits, 1)
}
