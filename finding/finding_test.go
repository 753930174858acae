package finding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

func TestAFindingIsSentencesOnTheUsersLine(t *testing.T) {
	f := finding.Finding{
		Code: "app/unknown-port", Severity: finding.Error, Place: finding.Place{File: "clusters/home/apps.cue", Line: 14, Column: 9},
		Problem: "port mqqt of app mosquitto is named here", Detail: "its ports are mqtt and ws", Fix: "did you mean mqtt?",
	}
	require.Equal(t, "clusters/home/apps.cue:14:9: error: port mqqt of app mosquitto is named here. Its ports are mqtt and ws. Did you mean mqtt? [app/unknown-port]", f.String())
	f.Detail, f.Place = "", finding.Place{}
	require.Equal(t, "error: port mqqt of app mosquitto is named here. Did you mean mqtt? [app/unknown-port]", f.String())
}

func TestPlacesLeaveOutWhatIsUnknown(t *testing.T) {
	require.Equal(t, "a.cue", finding.Place{File: "a.cue"}.String())
	require.Equal(t, "a.cue:3", finding.Place{File: "a.cue", Line: 3}.String())
}

func TestSortOrdersByPlaceAndDropsDuplicates(t *testing.T) {
	at := func(line int, code finding.Code) finding.Finding {
		return finding.Finding{Code: code, Place: finding.Place{File: "a.cue", Line: line}}
	}
	got := finding.Sort([]finding.Finding{at(10, "b"), at(9, "z"), at(10, "a"), at(10, "b")})
	require.Equal(t, []finding.Finding{at(9, "z"), at(10, "a"), at(10, "b")}, got)
}

func TestSortKeepsWhatDiffersInAnyField(t *testing.T) {
	f := finding.Finding{Code: "a/b", Problem: "so"}
	related, edited := f, f
	related.Related = []finding.Related{{What: "first set here"}}
	edited.Edits = []finding.Edit{{NewText: "x"}}
	require.Len(t, finding.Sort([]finding.Finding{f, related, edited, f}), 3)
}

func TestLookup(t *testing.T) {
	docs := []finding.CodeDoc{{Code: "images/new", Former: []finding.Code{"images/old"}}, {Code: "fit/loss"}}
	d, err := finding.Lookup(docs, "images/new")
	require.NoError(t, err)
	require.Equal(t, "images", d.Code.Family())
	_, err = finding.Lookup(docs, "images/old")
	require.EqualError(t, err, "images/old is now images/new")
	_, err = finding.Lookup(docs, "fit/los")
	require.EqualError(t, err, `"fit/los" is no code of a finding; did you mean fit/loss?`)
	_, err = finding.Lookup(docs, "images")
	require.EqualError(t, err, "\"images\" is no code of a finding; `stillsuit explain` lists them")
}

func TestWorst(t *testing.T) {
	_, some := finding.Worst(nil)
	require.False(t, some)
	worst, some := finding.Worst([]finding.Finding{{Severity: finding.Note}, {Severity: finding.Error}, {Severity: finding.Warning}})
	require.True(t, some)
	require.Equal(t, "error", worst.String())
}

// TestSuggestNoOtherName: what is no typo is not suggested.
func TestSuggestNoOtherName(t *testing.T) {
	for _, c := range [][2]string{
		{"docker.io", "ghcr.io"}, {"quay.io", "ghcr.io"}, {"pi3", "pi1"}, {"node10", "node1"}, {"#RaspberryPi4", "#RaspberryPi5"}, {"/dev/ttyUSB1", "/dev/ttyUSB0"},
		{"server", "level"}, {"tailscale", "headscale"}, {"secrets/vaultwarden.sops.yaml", "secrets/authentik.sops.yaml"}, {"files/a.yaml", "files/b.yaml"}, {"init", "fit"},
	} {
		require.Empty(t, finding.Suggest(c[0], []string{c[1]}), c[0])
	}
	for _, c := range [][2]string{
		{"images/no-patform", "images/no-platform"}, {"secrets/vaultwraden.sops.yaml", "secrets/vaultwarden.sops.yaml"}, {"importence", "importance"}, {"Namespace", "namespace"}, {"prots", "ports"},
		{"ghcr.io/exmple/web", "ghcr.io/example/web"}, {"kubernets", "kubernetes"}, {"policy", "policies"}, {"policies", "policy"},
	} {
		require.Equal(t, c[1], finding.Suggest(c[0], []string{"x", c[1]}))
	}
}

func TestSuggest(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"mqqt", "mqtt"}, {"limit", "limits"}, {"reqeusts", "requests"}, {"MQTT", "mqtt"}, {"nothing-like-it", ""}, {"", ""},
	} {
		require.Equal(t, c.want, finding.Suggest(c.word, []string{"mqtt", "limits", "requests"}), c.word)
	}
	require.True(t, finding.Near("hoem", "home", 1), "a swap of neighbours is one edit")
	require.False(t, finding.Near("media", "medic2", 1))
}
