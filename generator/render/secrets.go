package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// secret is one of the secrets of an app or chart: a SOPS file of the repository, or the name
// of a Secret that something else makes (bytes is then nil).
type secret struct {
	alias     string
	name      string
	namespace string
	file      string // in the cluster's directory
	source    string // the same file, in the repository
	bytes     []byte
	keys      []string
	at        model.Path
}

// sopsFile is what can be read of a SOPS file without its key.
type sopsFile struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Data       map[string]any `json:"data"`
	StringData map[string]any `json:"stringData"`
	SOPS       *struct {
		MAC string `json:"mac"`
		Age []struct {
			Recipient string `json:"recipient"`
		} `json:"age"`
	} `json:"sops"`
}

// holder is an app or chart that has secrets.
type holder struct {
	kind, name, namespace string
	at                    model.Path
	secrets               map[string]string
}

// secretReader resolves the secrets of apps and charts.
type secretReader struct{ *scope }

// secretsOf are the secrets of an app or chart, by name there; the SOPS files are read.
func (r secretReader) secretsOf(h *holder) []*secret {
	var out []*secret
	for _, alias := range sorted(h.secrets) {
		s := r.secretOf(h, alias, h.secrets[alias], h.at.Join("secrets", alias))
		r.secrets[h.name+"/"+alias] = s
		out = append(out, s)
	}
	return out
}

// secretOf is the secret that a value means, which stands at a path.
func (r secretReader) secretOf(h *holder, alias, value string, at model.Path) *secret {
	s := &secret{alias: alias, name: value, namespace: h.namespace, at: at}
	if !model.IsSecretFile(value) {
		return s // a Secret that something else makes
	}
	s.file = value
	if b, err := r.readFile(value); r.found(at, value, err) {
		r.sops(at, h, s, bytes.TrimPrefix(b, []byte("\ufeff"))) // an editor's byte order mark
	}
	return s
}

// sops checks what can be read of a SOPS file, and takes it as it is. Values are never
// decrypted, and never part of a message.
func (r secretReader) sops(at model.Path, h *holder, s *secret, b []byte) {
	var f sopsFile
	if err := yaml.Unmarshal(b, &f); err != nil {
		r.Error(at, "secret/unreadable", fmt.Sprintf("%s is no YAML", s.file), "a secret is a Kubernetes Secret encrypted by SOPS", "encrypt it again")
		return
	}
	if !single(b) { // all of it would be copied
		r.Error(at, "secret/unreadable", fmt.Sprintf("%s holds more than one document, or a key twice", s.file), "only the first Secret of a file would be looked at", "put each Secret into a file of its own, and encrypt it again")
		return
	}
	s.name = f.Metadata.Name
	for _, part := range []map[string]any{f.Data, f.StringData} {
		for _, key := range sorted(part) {
			s.keys = append(s.keys, key)
			if text, ok := part[key].(string); !ok || !strings.HasPrefix(text, "ENC[") {
				r.Error(at, "secret/plain", fmt.Sprintf("key %s of %s is not encrypted", key, s.file), "whoever can read the repository can read it",
					"encrypt it with sops --encrypt --in-place, and change what it protects")
				return
			}
		}
	}
	slices.Sort(s.keys)
	switch {
	case f.SOPS == nil || f.SOPS.MAC == "":
		r.Error(at, "secret/plain", s.file+" is not encrypted by SOPS", "whoever can read the repository can read it", "encrypt it with sops --encrypt --in-place")
		return
	case f.Kind != "Secret" || f.APIVersion != "v1" || len(validation.IsDNS1123Subdomain(s.name)) > 0: // it becomes a file's name
		r.Error(at, "secret/unreadable", s.file+" holds no Kubernetes Secret with a valid name", "a secret is copied as it is", "write apiVersion: v1, kind: Secret and metadata: name, and encrypt it again")
		return
	case f.Metadata.Namespace != h.namespace:
		r.Error(at, "secret/namespace", fmt.Sprintf("%s is for namespace %q", s.file, f.Metadata.Namespace),
			fmt.Sprintf("%s %s lives in %s, and only Secrets of that namespace are read there", h.kind, h.name, h.namespace), "write the namespace in the file, and encrypt it again")
		return
	}
	for _, want := range r.d.Cluster.Secrets.Age {
		if !slices.ContainsFunc(f.SOPS.Age, func(a struct {
			Recipient string `json:"recipient"`
		}) bool {
			return a.Recipient == want
		}) {
			r.Error(at, "secret/recipient", fmt.Sprintf("%s is not encrypted to %.12s…", s.file, want), "cluster.secrets.age names that key, so Flux may not be able to decrypt it", "run sops updatekeys on it")
		}
	}
	s.bytes = b
	s.source, _ = r.inDirectory(s.file) // it was read from there
}

// single reports whether a file is one YAML document without a key twice: only
// then does what is decoded from it tell all of it.
func single(b []byte) bool {
	d := goyaml.NewDecoder(bytes.NewReader(b))
	d.SetStrict(true)
	if err := d.Decode(&map[string]any{}); err != nil {
		return false
	}
	return errors.Is(d.Decode(new(any)), io.EOF)
}

// keyOf resolves "secret/key" among the secrets of a party's app or chart. It
// returns nil when there is none, which it has then reported.
func (r *scope) keyOf(at model.Path, of *party, declared map[string]string, ref string) (*secret, string) {
	alias, key, ok := strings.Cut(ref, "/")
	known := sorted(declared)
	if !ok || alias == "" || key == "" {
		r.Error(at, "secret/reference", fmt.Sprintf("%q names no key of a secret", ref), "it is written secret/key", "name "+oneOf(known)+", a slash and the key")
		return nil, ""
	}
	s := r.secrets[of.owner+"/"+alias]
	if s == nil {
		r.Error(at, "secret/unknown", fmt.Sprintf("%q names the secret %s", ref, alias), has(of.says(), "secret", known), finding.DidYouMean(alias, known, "declare it in secrets"))
		return nil, ""
	}
	if s.bytes != nil && !slices.Contains(s.keys, key) {
		r.Error(at, "secret/unknown-key", fmt.Sprintf("%q names the key %s", ref, key), has(s.file, "key", s.keys), finding.DidYouMean(key, s.keys, "add it to the file with sops"))
		return nil, ""
	}
	return s, key
}
