package manifest_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
)

const certificate = "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n"

// What of a Secret everybody can read.
func TestClearText(t *testing.T) {
	coded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for text, want := range map[string]string{
		"stringData: {a: hunter2}": "stringData.a", "data: {a: aHVudGVyMg==}": "data.a", "data: {a: 'aHVu dGVyMg=='}": "data.a", "data: {a: no base64}": "data.a", "stringData: {a: 5432}": "stringData.a",
		"data: {b: YQ==}\nstringData: {a: x, c: y}":                                                             "data.b stringData.a stringData.c",
		"stringData: {tls.crt: '" + strings.ReplaceAll(certificate, "\n", "\n\n") + "', tls.key: x}":            "stringData.tls.key",
		"stringData: {key: \"-----BEGIN PRIVATE KEY-----\\nYWJj\\n-----END PRIVATE KEY-----\\n\"}":              "stringData.key",
		"stringData: {all: \"" + strings.ReplaceAll(certificate, "\n", "\\n") + "password\"}":                   "stringData.all",
		"stringData: {a: 'ENC[AES256_GCM,data:Zm9v,iv:AAAA,tag:BBBB,type:str]'}":                                "",
		"data: {a: " + coded("password: ENC[AES256_GCM,data:Zm9v,iv:A,tag:B,type:str]\nsops: {}") + "}":         "",
		"data: {a: 'ENC[AES256_GCM,data:Zm9v]', b: '${PASSWORD}'}":                                              "",
		"stringData: {a: 'https://${DOMAIN}', b: '{{ .password }}', c: '<< inputs.password >>', d: '', e: ' '}": "",
		"data: {a: " + coded("**SOPS**") + ", b: " + coded(certificate) + "}":                                   "",
		"type: kubernetes.io/service-account-token\ndata: {extra: YQ==}":                                        "",
		"data: {}": "", "immutable: true": "", "data: {a: null}": "",
	} {
		var secret map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &secret), text)
		var got []string
		for _, keys := range manifest.ClearText(secret) {
			got = append(got, strings.Join(keys, "."))
		}
		require.Equal(t, want, strings.Join(got, " "), text)
	}
}

// Secrets are found at any depth.
func TestSecretsIn(t *testing.T) {
	for text, want := range map[string]string{
		"{apiVersion: v1, kind: Secret}": ".",
		"{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap}, {apiVersion: v1, kind: Secret}]}":        ".items.1",
		"{apiVersion: v1, kind: SecretList, items: [{metadata: {name: x}}]}":                                              ".items.0",
		"{apiVersion: fluxcd.controlplane.io/v1, kind: ResourceSet, spec: {resources: [{apiVersion: v1, kind: Secret}]}}": ".spec.resources.0",
		"{apiVersion: example.com/v1, kind: Secret, data: {a: b}}":                                                        "",
		"{apiVersion: v1, kind: Pod, spec: {volumes: [{secret: {secretName: x}}]}}":                                       "",
	} {
		var value any
		require.NoError(t, yaml.Unmarshal([]byte(text), &value), text)
		got := ""
		manifest.SecretsIn(value, nil, func(_ map[string]any, keys []string) { got += "." + strings.Join(keys, ".") })
		require.Equal(t, want, got, text)
	}
}
