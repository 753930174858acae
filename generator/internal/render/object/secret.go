package object

import (
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
)

// Secrets are the SOPS files among secrets, as they are, in a unit.
func Secrets(u scope.Unit, secrets []*scope.Secret) []Made {
	var out []Made
	for _, s := range secrets {
		if s.Bytes != nil {
			out = append(out, Made{u, &manifest.Object{
				ID:         manifest.ID{Kind: "Secret", Namespace: s.Namespace, Name: s.Name},
				APIVersion: "v1", Verbatim: s.Bytes, Source: s.Source, Origin: s.At,
			}})
		}
	}
	return out
}
