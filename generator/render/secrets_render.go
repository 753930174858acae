package render

import "stillsuit.dev/generator/manifest"

// secretObjects are the SOPS files among secrets, as they are, in a unit.
func secretObjects(u unit, secrets []*secret) []made {
	var out []made
	for _, s := range secrets {
		if s.bytes != nil {
			out = append(out, made{u, &manifest.Object{
				ID:         manifest.ID{Kind: "Secret", Namespace: s.namespace, Name: s.name},
				APIVersion: "v1", Verbatim: s.bytes, Source: s.source, Origin: s.at,
			}})
		}
	}
	return out
}
