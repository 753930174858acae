package checks_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// places puts everything on the line that its spot's first label counts to.
type places struct{}

func (places) Locate(at inventory.Spot) (finding.Place, string) {
	path := model.Path(at.Path)
	if at.Object != nil {
		path = model.Path(at.Object.Origin).Join(at.Path...)
	}
	return finding.Place{File: "a.cue", Line: len(path)}, path.String()
}

func object(app, name string) *manifest.Object {
	return &manifest.Object{ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "web", Name: name}, Origin: []string{"apps", app}}
}

func checker(name finding.Code, run func(*checks.Pass) error) *checks.Checker {
	return &checks.Checker{Name: string(name), Doc: "Package " + string(name) + " is one.", Run: run, Codes: []finding.CodeDoc{
		{Code: name + "/bad", Title: "it is bad", Text: "Very."}, {Code: name + "/odd", Title: "it is odd", Text: "A little."},
	}}
}

// two reports two findings about each object.
func two(name finding.Code) *checks.Checker {
	return checker(name, func(p *checks.Pass) error {
		for _, o := range p.Objects {
			p.Warn(inventory.Spot{Object: o, Path: []string{"image"}}, name+"/odd", o.Name+" is odd", "", "")
			p.Error(inventory.Spot{Object: o}, name+"/bad", o.Name+" is bad", "", "")
		}
		return nil
	})
}

func lines(fs []finding.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.String())
	}
	return out
}

func TestRunSortsWhatCheckersReport(t *testing.T) {
	subject := &inventory.Subject{Places: places{}, Objects: []*manifest.Object{object("b", "y"), object("a", "x")}}
	want := []string{
		"a.cue:2: error: x is bad. [one/bad]", "a.cue:2: error: y is bad. [one/bad]", "a.cue:2: error: x is bad. [two/bad]", "a.cue:2: error: y is bad. [two/bad]",
		"a.cue:3: warning: x is odd. [one/odd]", "a.cue:3: warning: y is odd. [one/odd]", "a.cue:3: warning: x is odd. [two/odd]", "a.cue:3: warning: y is odd. [two/odd]",
	}
	for range 20 {
		got, err := checks.Run(subject, []*checks.Checker{two("two"), two("one")}, nil)
		require.NoError(t, err)
		require.Equal(t, want, lines(got))
	}
	got, err := checks.Run(subject, []*checks.Checker{two("one")}, &checks.Options{Only: []finding.Code{"one/odd"}})
	require.NoError(t, err)
	require.Len(t, got, 2)
	got, err = checks.Run(subject, []*checks.Checker{two("one")}, &checks.Options{Skip: []finding.Code{"one/odd"}})
	require.NoError(t, err)
	require.Equal(t, want[:2], lines(got))
}

// A checker that fails is a finding that nothing hides; it is no pass, and the others
// report all that they find.
func TestACheckerThatFailsIsNoPass(t *testing.T) {
	secret := &manifest.Object{ID: manifest.ID{Kind: "Secret", Name: "s"}, Value: &corev1.Secret{StringData: map[string]string{"a": "canary-7f3a"}}}
	subject := &inventory.Subject{Places: places{}, Objects: []*manifest.Object{object("a", "x"), secret}, Suppressions: map[string]*model.Suppression{
		"of it":  {Code: crash.CodeFailed, Name: "*", Reason: "r", Until: "2027-01-01"},
		"unused": {Code: "broken/bad", Name: "y", Reason: "r", Until: "2027-01-01"},
	}}
	for want, run := range map[string]func(*checks.Pass) error{
		"check broken could not be made: no disk": func(p *checks.Pass) error {
			p.Warn(inventory.Spot{}, "broken/odd", "it came so far", "", "")
			return errors.New("no disk")
		},
		"check broken could not be made: no (hidden)": func(p *checks.Pass) error {
			p.Warn(inventory.Spot{}, "broken/odd", "it came so far", "", "")
			return errors.New("no canary-7f3a")
		},
		"check broken could not be made: it reports other/bad, which it does not document": func(p *checks.Pass) error {
			p.Warn(inventory.Spot{}, "broken/odd", "it came so far", "", "")
			p.Note(inventory.Spot{}, "other/bad", "x", "", "")
			return nil
		},
	} {
		for _, opts := range []*checks.Options{{Today: "2026-10-01"}, {Today: "2026-10-01", Skip: []finding.Code{crash.CodeFailed}}, {Today: "2026-10-01", Only: []finding.Code{"one/bad"}}} {
			got, err := checks.Run(subject, []*checks.Checker{two("one"), checker("broken", run)}, opts)
			require.NoError(t, err)
			require.True(t, crash.Any(got), "no pass")
			told := lines(got)
			require.Contains(t, told, "a.cue: error: "+want+". [stillsuit/failed]")
			require.Contains(t, told, "a.cue:2: error: x is bad. [one/bad]", "the other check reports all")
			if opts.Only == nil {
				require.Contains(t, told, "a.cue: warning: it came so far. [broken/odd]")
				require.NotContains(t, strings.Join(told, "\n"), "check/suppression-unused", "what it did not come to may be there")
			}
		}
	}
	// A checker that comes to its end is none.
	got, err := checks.Run(subject, []*checks.Checker{two("one")}, nil)
	require.NoError(t, err)
	require.False(t, crash.Any(got))
}

func TestCheckersAreDocumented(t *testing.T) {
	require.NoError(t, checks.Validate([]*checks.Checker{two("one"), two("two")}))
	require.ErrorContains(t, checks.Validate([]*checks.Checker{two("one"), two("one")}), "two checkers are called one")
	for _, spoil := range []func(*checks.Checker){
		func(c *checks.Checker) { c.Doc = "" },
		func(c *checks.Checker) { c.Run = nil },
		func(c *checks.Checker) { c.Codes = nil },
		func(c *checks.Checker) { c.Codes[0].Text = "" },
		func(c *checks.Checker) { c.Codes[1].Code = c.Codes[0].Code },
	} {
		c := two("one")
		spoil(c)
		require.Error(t, checks.Validate([]*checks.Checker{c}))
	}
}

func TestSuppressions(t *testing.T) {
	objects := []*manifest.Object{object("a", "x"), object("b", "y")}
	for name, c := range map[string]struct {
		given model.Suppression
		today string
		want  []string // besides what is not suppressed
		hides int
	}{
		"an app's":      {model.Suppression{Code: "one/bad", App: "a", Reason: "r", Until: "2026-10-01"}, "2026-10-01", nil, 1},
		"by a pattern":  {model.Suppression{Code: "one/bad", Kind: "Dep*", Name: "?", Namespace: "web", Reason: "r", Until: "2027-10-01"}, "2026-10-01", nil, 2},
		"another app's": {model.Suppression{Code: "one/bad", App: "c", Reason: "r", Until: "2027-10-01"}, "2026-10-01", []string{"a.cue:2: warning: suppression it is about one/bad. No such finding is left. Remove it: it would hide the next one. [check/suppression-unused]"}, 0},
		"over": {model.Suppression{Code: "one/bad", App: "a", Reason: "r", Until: "2026-09-30"}, "2026-10-01",
			[]string{"a.cue:3: error: suppression it ended on 2026-09-30. What it was about may still be there, and is reported again. Mend that and remove it, or give it a later day. [check/suppression-expired]"}, 0},
		"on no day": {model.Suppression{Code: "one/bad", App: "a", Reason: "r", Until: "2027-02-30"}, "2026-10-01",
			[]string{"a.cue:3: error: suppression it holds until 2027-02-30. There is no such day. Correct it. [check/suppression]"}, 0},
		"when nobody knows the day": {model.Suppression{Code: "one/bad", App: "a", Reason: "r", Until: "2027-10-01"}, "",
			[]string{"a.cue:3: error: suppression it ended on 2027-10-01. What it was about may still be there, and is reported again. Mend that and remove it, or give it a later day. [check/suppression-expired]"}, 0},
		"without a reason": {model.Suppression{Code: "one/bad", App: "a", Until: "2027-10-01"}, "2026-10-01",
			[]string{"a.cue:2: error: suppression it lacks reason. A finding is accepted for a reason and until a day, or it is forgotten. Add it. [check/suppression]"}, 0},
		"of everything": {model.Suppression{Code: "one/bad", Reason: "r", Until: "2027-10-01"}, "2026-10-01",
			[]string{`a.cue:2: error: suppression it says no app, object or node. It would hide every finding of its code, those to come included. Add app: "…", or kind and name of an object. [check/suppression]`}, 0},
		"of an unknown code": {model.Suppression{Code: "one/bda", App: "a", Reason: "r", Until: "2027-10-01"}, "2026-10-01",
			[]string{"a.cue:3: error: suppression it is about one/bda. No check reports that. Did you mean one/bad? [check/suppression]"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			subject := &inventory.Subject{Places: places{}, Objects: objects, Cluster: &model.Cluster{}, Suppressions: map[string]*model.Suppression{"it": &c.given}}
			got, err := checks.Run(subject, []*checks.Checker{two("one")}, &checks.Options{Today: c.today})
			require.NoError(t, err)
			for _, w := range c.want {
				require.Contains(t, lines(got), w)
			}
			require.Len(t, got, 4-c.hides+len(c.want))
		})
	}
}

func TestTheFramesCodesAreShown(t *testing.T) {
	for _, c := range checks.Codes() {
		require.NotEmpty(t, c.Title)
		require.NotEmpty(t, c.Text)
		require.NotEmpty(t, c.Example)
	}
}

// What policies write about an object repeats none of its secrets, in no part of the
// message; of an object's own names nothing is hidden.
func TestWhatPoliciesWrite(t *testing.T) {
	const value, encoded = "canary-7f3a/9", "Y2FuYXJ5LTdmM2EvOQ=="
	secret := &manifest.Object{ID: manifest.ID{Kind: "Secret", Name: "a"}, Value: &corev1.Secret{TypeMeta: metav1.TypeMeta{Kind: "Secret"}, Data: map[string][]byte{"token": []byte(value)}}}
	said := func(policy string) string {
		writes := checker("one", func(p *checks.Pass) error {
			at := inventory.Spot{Object: secret, Policy: policy}
			p.Error(at, "one/bad", "Secret a holds "+value, "not "+url.QueryEscape(value), "remove "+encoded)
			return nil
		})
		found, err := checks.Run(&inventory.Subject{Places: places{}, Objects: []*manifest.Object{secret}}, []*checks.Checker{writes}, nil)
		require.NoError(t, err)
		require.Len(t, found, 1)
		return found[0].Message()
	}
	require.Equal(t, "Secret a holds (hidden). Not (hidden). Remove (hidden).", said("its own"))
	require.Contains(t, said(""), value, "what stillsuit's own checks write is not looked through")
}
