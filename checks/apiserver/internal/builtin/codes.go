package builtin

import "stillsuit.dev/finding"

// The codes of the refusals.
const (
	CodeInvalid   finding.Code = "apiserver/invalid"
	CodeUnknown   finding.Code = "apiserver/unknown-field"
	CodeDuplicate finding.Code = "apiserver/duplicate"
)

// Codes documents the refusals of this package.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: CodeInvalid, Title: "an object that the API server rejects",
			Text:    "The API server's own validation rejects a field of the object. Flux applies a unit as a whole, after a dry run, so nothing else of the unit is applied either. The rules are those of the cluster's minor version, after the API server's defaults.",
			Example: "defaultMode: 755    # 0755, which YAML reads as octal",
		},
		{
			Code: CodeUnknown, Title: "a field that the kind does not have",
			Text:    "The API server does not know the field, so what it says does not reach the cluster. Names of fields are compared with their case. Often the field exists under another name or in another block.",
			Example: "resourcez: {limits: {memory: 64Mi}}    # resources",
		},
		{
			Code: CodeDuplicate, Title: "two items of a list have the same key",
			Text:    "Flux applies objects server-side, where some lists are maps: containers, volumes and environment variables by name, a container's ports by number and protocol, volume mounts by path. Two items with the same key are rejected with the whole object. A protocol that is not written is TCP.",
			Example: "env: [{name: TZ, value: UTC}, {name: TZ, value: Europe/Berlin}]    # one of them",
		},
	}
}
