package crash_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
)

// caught is the error of a function that panics.
func caught(do func()) (err error) {
	defer crash.Catch(&err, "reading a.yaml")
	do()
	return nil
}

// The message names the input, the line and what Go says, and no value.
func TestMessage(t *testing.T) {
	var none []int
	require.EqualError(t, caught(func() { _ = none[3] }),
		"stillsuit crashed while reading a.yaml: runtime error: index out of range [3] with length 0 in crash/crash_test.go:24")
	for _, value := range []any{"canary", errors.New("canary"), []string{"canary"}} {
		err := caught(func() { panic(value) })
		require.ErrorContains(t, err, "crashed while reading a.yaml: a panic with a ")
		require.NotContains(t, err.Error(), "canary")
	}
	err := caught(func() { _ = strings.Repeat("canary", -1) })
	require.ErrorContains(t, err, "in crash/crash_test.go:31 (strings.Repeat)")
	require.NoError(t, caught(func() {}))
}

// A panic in a goroutine is one of who waits for it, on the line where it was.
func TestGroup(t *testing.T) {
	for range 20 {
		err := caught(func() {
			var g crash.Group
			g.Go(func() { panic("late") })
			g.Go(func() { panic(1) })
			g.Go(func() {})
			g.Wait()
		})
		require.EqualError(t, err, "stillsuit crashed while reading a.yaml: a panic with a string in crash/crash_test.go:41")
	}
}

// An error that is a crash is a finding, and any other stays an error.
func TestReport(t *testing.T) {
	report := func(do func() error) (found []finding.Finding, err error) {
		defer crash.Report(&found, &err, "doing it", finding.Place{File: "a"})
		return nil, do()
	}
	for _, do := range []func() error{func() error { panic("x") }, func() error { return caught(func() { panic("x") }) }} {
		found, err := report(do)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.True(t, crash.Any(found))
		require.Equal(t, finding.Error, found[0].Severity)
		require.Equal(t, "a", found[0].Place.File)
	}
	found, err := report(func() error { return errors.New("no disk") })
	require.EqualError(t, err, "no disk")
	require.Empty(t, found)
	require.False(t, crash.Any([]finding.Finding{{Code: "images/declared"}}))
}
