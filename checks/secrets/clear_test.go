package secrets_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/secrets"
	"stillsuit.dev/finding"
)

// What a generator makes is a warning, without a line of its own, and no finding when the
// generator's file is encrypted. No value is in the message.
func TestGenerators(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want []finding.Severity
	}{
		"plain":     {"password=hunter2\n", []finding.Severity{finding.Warning}},
		"encrypted": {"password=ENC[AES256_GCM,data:Zm9v,iv:AAAA,tag:BBBB,type:str]\n", nil},
		"filled":    {"password=${PASSWORD}\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			archive := &txtar.Archive{Files: []txtar.File{
				{Name: "tree/kustomization.yaml", Data: []byte("secretGenerator:\n- {name: made, namespace: lab, envs: [made.env]}\n")},
				{Name: "tree/made.env", Data: []byte(c.file)},
			}}
			var got []finding.Severity
			for _, f := range checktest.Findings(t, archive, []*checks.Checker{secrets.Checker()}) {
				if f.Code == "secret/clear-text" {
					got = append(got, f.Severity)
					require.Equal(t, "tree/kustomization.yaml", f.Place.File)
					require.NotContains(t, f.Message(), "hunter2")
				}
			}
			require.Equal(t, c.want, got)
		})
	}
}
