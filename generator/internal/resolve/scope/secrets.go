package scope

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// Secret is one of the secrets of an app or chart: a SOPS file of the repository, or the name
// of a Secret that something else makes (bytes is then nil).
type Secret struct {
	Alias     string
	Name      string
	Namespace string
	File      string // in the cluster's directory
	Source    string // the same file, in the repository
	Bytes     []byte
	Keys      []string
	At        model.Path
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

// Holder is an app or chart that has secrets.
type Holder struct {
	Kind, Name, Namespace string
	At                    model.Path
	Secrets               map[string]string
}

// SecretReader resolves the secrets of apps and charts.
type SecretReader struct{ *Scope }

// SecretsOf are the secrets of an app or chart, by name there; the SOPS files are read.
func (r SecretReader) SecretsOf(h *Holder) []*Secret {
	var out []*Secret
	for _, alias := range slices.Sorted(maps.Keys(h.Secrets)) {
		s := r.SecretOf(h, alias, h.Secrets[alias], h.At.Join("secrets", alias))
		r.Secrets[h.Name+"/"+alias] = s
		out = append(out, s)
	}
	return out
}

// SecretOf is the secret that a value means, which stands at a path.
func (r SecretReader) SecretOf(h *Holder, alias, value string, at model.Path) *Secret {
	s := &Secret{Alias: alias, Name: value, Namespace: h.Namespace, At: at}
	if !model.IsSecretFile(value) {
		return s // a Secret that something else makes
	}
	s.File = value
	if b, err := r.ReadFile(value); r.Found(at, value, err) {
		r.sops(at, h, s, bytes.TrimPrefix(b, []byte("\ufeff"))) // an editor's byte order mark
	}
	return s
}

// sops checks what can be read of a SOPS file, and takes it as it is. Values are never
// decrypted, and never part of a message.
func (r SecretReader) sops(at model.Path, h *Holder, s *Secret, b []byte) {
	var f sopsFile
	if err := yaml.Unmarshal(b, &f); err != nil {
		r.Error(at, "secret/unreadable", fmt.Sprintf("%s is no YAML", s.File), "a secret is a Kubernetes Secret encrypted by SOPS", "encrypt it again")
		return
	}
	if !single(b) { // all of it would be copied
		r.Error(at, "secret/unreadable", fmt.Sprintf("%s holds more than one document, or a key twice", s.File), "only the first Secret of a file would be looked at", "put each Secret into a file of its own, and encrypt it again")
		return
	}
	s.Name = f.Metadata.Name
	for _, part := range []map[string]any{f.Data, f.StringData} {
		for _, key := range slices.Sorted(maps.Keys(part)) {
			s.Keys = append(s.Keys, key)
			if text, ok := part[key].(string); !ok || !strings.HasPrefix(text, "ENC[") {
				r.Error(at, "secret/plain", fmt.Sprintf("key %s of %s is not encrypted", key, s.File), "anyone who can read the repository can read it",
					"encrypt it with sops --encrypt --in-place, and change what it protects")
				return
			}
		}
	}
	slices.Sort(s.Keys)
	switch {
	case f.SOPS == nil || f.SOPS.MAC == "":
		r.Error(at, "secret/plain", s.File+" is not encrypted by SOPS", "anyone who can read the repository can read it", "encrypt it with sops --encrypt --in-place")
		return
	case f.Kind != "Secret" || f.APIVersion != "v1" || len(validation.IsDNS1123Subdomain(s.Name)) > 0: // it becomes a file's name
		r.Error(at, "secret/unreadable", s.File+" holds no Kubernetes Secret with a valid name", "a secret is copied as it is", "write apiVersion: v1, kind: Secret and metadata: name, and encrypt it again")
		return
	case f.Metadata.Namespace != h.Namespace:
		r.Error(at, "secret/namespace", fmt.Sprintf("%s is for namespace %q", s.File, f.Metadata.Namespace),
			fmt.Sprintf("%s %s lives in %s, and only Secrets of that namespace are read there", h.Kind, h.Name, h.Namespace), "write the namespace in the file, and encrypt it again")
		return
	}
	for _, want := range r.Desired.Cluster.Secrets.Age {
		if !slices.ContainsFunc(f.SOPS.Age, func(a struct {
			Recipient string `json:"recipient"`
		}) bool {
			return a.Recipient == want
		}) {
			r.Error(at, "secret/recipient", fmt.Sprintf("%s is not encrypted to %.12s…", s.File, want), "cluster.secrets.age names that key, so Flux may not be able to decrypt it", "run sops updatekeys on it")
		}
	}
	s.Bytes = b
	s.Source, _ = r.InDirectory(s.File) // it was read from there
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

// KeyOf resolves "secret/key" among the secrets of a party's app or chart. It
// returns nil when there is none, which it has then reported.
func (r *Scope) KeyOf(at model.Path, of *Party, declared map[string]string, ref string) (*Secret, string) {
	alias, key, ok := strings.Cut(ref, "/")
	known := slices.Sorted(maps.Keys(declared))
	if !ok || alias == "" || key == "" {
		r.Error(at, "secret/reference", fmt.Sprintf("%q names no key of a secret", ref), "it is written secret/key", "name "+finding.OneOfSorted(known)+", a slash and the key")
		return nil, ""
	}
	s := r.Secrets[of.Owner+"/"+alias]
	if s == nil {
		r.Error(at, "secret/unknown", fmt.Sprintf("%q names the secret %s", ref, alias), finding.Has(of.Says(), "secret", known), finding.DidYouMean(alias, known, "declare it in secrets")).Like(alias, known)
		return nil, ""
	}
	if s.Bytes != nil && !slices.Contains(s.Keys, key) {
		r.Error(at, "secret/unknown-key", fmt.Sprintf("%q names the key %s", ref, key), finding.Has(s.File, "key", s.Keys), finding.DidYouMean(key, s.Keys, "add it to the file with sops")).Like(key, s.Keys)
		return nil, ""
	}
	return s, key
}
