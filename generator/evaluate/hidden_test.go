package evaluate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secretPlaces are where a value may be a secret; %s is the value.
var secretPlaces = []string{
	"apps: web: containers: main: env: PASSWORD: %s",
	"apps: web: containers: main: secretEnv: PASSWORD: %s",
	"apps: web: init: setup: env: {\n\tPASSWORD: %s\n}",
	"apps: web: containers: main: args: [%s]",
	"apps: web: containers: main: command: [\"sh\", %s]",
	"apps: web: files: \"/etc/a\": text: %s",
	"apps: web: objects: a: data: key: %s",
	"apps: web: objects: a: stringData: key: %s",
	"apps: web: patches: a: merge: data: key: %s",
	"charts: web: values: auth: password: %s",
	"_password: %s",
	"_db: password: %s",
	"#Db: admin: token: %s",
	"_base: env: PASSWORD: %s",
	"#Base: args: [%s]",
	"_object: stringData: key: %s",
}

// mistakesWith are ways to make CUE complain about a value.
var mistakesWith = []string{
	`"canary-7f3a" & "canary-8e2b"`, `"canary-7f3a" & 5`, `"canary-7f3a" + 5`, `["canary-7f3a"] & {}`, `"canary-7f3a" & =~"^x"`, `canary7f3a`,
	`'canary-7f3a' & "canary-8e2b"`, `"\("canary-7f3a" & "canary-8e2b")"`, `strings.ToUpper("canary-7f3a", 1)`, `{a: "canary-7f3a"} & "x"`,
	`"canary-7f3a`, `canary-7f3a`, `12canary7f3a`, `"canary-7f3a" "b"`, `canary7f3a!x`, `- canary7f3a`, `"canary-7f3a" | "canary-8e2b"`, `string & "canary-7f3a" & !="canary-7f3a"`,
	`["canary-7f3a"][3]`, `"canary-7f3a" / 0`, `error("x") & "canary-7f3a"`, `close({}) & {canary7f3a: 1}.b`,
}

func saysOf(t *testing.T, place, mistake string) string {
	t.Helper()
	body := "package turingpi\n\nimport \"strings\"\n\n_used: strings.ToUpper(\"x\")\ncluster: name: \"x\"\n" + fmt.Sprintf(place, mistake) + "\n"
	_, dir := repository(t, map[string]string{"clusters/turingpi/a.cue": body})
	return everything(t, open(t, dir, Options{}), "turingpi")
}

// RELIABILITY 13: no message repeats what may be a secret, and each still names the line.
func TestSecretsAreHidden(t *testing.T) {
	for _, place := range secretPlaces {
		for _, mistake := range mistakesWith {
			said := saysOf(t, place, mistake)
			require.NotContains(t, said, "7f3a", "%s %s", place, mistake)
			require.NotContains(t, said, "8e2b", "%s %s", place, mistake)
		}
	}
	// Both places of a conflict are named.
	said := saysOf(t, "apps: web: containers: main: env: PASSWORD: %s", "\"canary-7f3a\"\napps: web: containers: main: env: PASSWORD: \"canary-8e2b\"")
	require.Contains(t, said, `a.cue:8:35: error: PASSWORD is (hidden). clusters/turingpi/a.cue:7:35 sets it to (hidden). Keep one of the two. [cue/conflict]`)
}

// What is no secret is shown, so the test above would notice a value.
func TestOthersAreShown(t *testing.T) {
	for _, place := range []string{"apps: web: containers: main: image: %s", "apps: web: volumes: data: size: %s", "cluster: domain: %s", "apps: web: files: \"/a\": file: %s", "charts: web: version: %s", "apps: values: namespace: %s", "_base: image: %s"} {
		shown := 0
		for _, mistake := range mistakesWith {
			if said := saysOf(t, place, mistake); strings.Contains(said, "7f3a") || strings.Contains(said, "8e2b") {
				shown++
			}
		}
		require.Greater(t, shown, 7, place)
	}
}
