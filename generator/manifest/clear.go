package manifest

import (
	"encoding/base64"
	"encoding/pem"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ClearText are the keys that lead to values of a Secret, as JSON has it, which everybody can
// read who reads the Secret: data, password. What SOPS encrypted, what is filled in later,
// what is empty and certificates are no secrets, and a controller fills the token of a
// ServiceAccount.
func ClearText(secret map[string]any) [][]string {
	if secret["type"] == "kubernetes.io/service-account-token" {
		return nil
	}
	var out [][]string
	for _, field := range []string{"data", "stringData"} {
		values, _ := secret[field].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if readable(values[key], field == "data") {
				out = append(out, []string{field, key})
			}
		}
	}
	return out
}

// readable reports whether a value of a Secret tells what is meant to be secret.
func readable(value any, encoded bool) bool {
	text, isText := value.(string)
	if !isText {
		return value != nil
	}
	texts := []string{text}
	if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); encoded && err == nil {
		texts = append(texts, string(decoded))
		text = string(decoded)
	}
	for _, t := range texts {
		// SOPS; Flux's substitution, templates and ResourceSets; what flux build writes in the
		// place of an encrypted value (fluxcd/flux2, internal/build/build.go, mask).
		if strings.Contains(t, "ENC[") || strings.Contains(t, "${") || strings.Contains(t, "{{") || strings.Contains(t, "<<") || t == "**SOPS**" {
			return false
		}
	}
	return strings.TrimSpace(text) != "" && !certificates(text)
}

// certificates reports whether a text holds certificates and public keys, and nothing else.
func certificates(text string) bool {
	rest := []byte(text)
	for n := 0; ; n++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return n > 0 && strings.TrimSpace(string(rest)) == ""
		}
		if block.Type != "CERTIFICATE" && block.Type != "PUBLIC KEY" {
			return false
		}
	}
}

// SecretsIn calls visit for each Secret in a value as JSON has it, at any depth: of a list,
// or of a kind that holds other objects. The keys lead to the Secret.
func SecretsIn(value any, keys []string, visit func(secret map[string]any, keys []string)) {
	switch v := value.(type) {
	case []any:
		for i := range v {
			SecretsIn(v[i], append(keys, strconv.Itoa(i)), visit)
		}
	case map[string]any:
		if v["apiVersion"] == "v1" && v["kind"] == "Secret" {
			visit(v, slices.Clone(keys))
			return
		}
		if items, ok := v["items"].([]any); ok && v["apiVersion"] == "v1" && v["kind"] == "SecretList" {
			for i := range items {
				if secret, ok := items[i].(map[string]any); ok {
					visit(secret, append(slices.Clone(keys), "items", strconv.Itoa(i)))
				}
			}
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			SecretsIn(v[key], append(keys, key), visit)
		}
	}
}
