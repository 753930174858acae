package scope

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// nowhere knows one place.
type nowhere struct{}

func (nowhere) Place(path ...string) (finding.Place, bool) {
	return finding.Place{File: "a.cue", Line: len(path)}, true
}
func (nowhere) Files() []string { return []string{"a.cue"} }

// A panic about one entry is a finding on its line, and leaves the others.
func TestAnEntryThatPanics(t *testing.T) {
	r := &Scope{Reporter: model.Reporter{Places: model.NewPlaces(nowhere{})}}
	done := false
	r.Guarded("app", model.Path{"apps", "web"}, func() { panic("canary") })
	r.Guarded("app", model.Path{"apps", "other"}, func() { done = true })
	require.True(t, done)
	require.Len(t, r.Findings, 1)
	require.Equal(t, crash.Code, r.Findings[0].Code)
	require.Equal(t, "apps.web", r.Findings[0].Path)
	require.Equal(t, 2, r.Findings[0].Place.Line)
	require.Contains(t, r.Findings[0].Problem, "crashed while rendering app web: a panic with a string in generator/internal/resolve/scope/guarded_test.go:")
}
