package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/evaluate"
)

// TestFirstStarts holds what each entry says of its first start against what it renders.
func TestFirstStarts(t *testing.T) {
	all, err := entries(t.Context(), root)
	require.NoError(t, err)
	for _, e := range all {
		t.Run(e.Name, func(t *testing.T) {
			require.Empty(t, unsaid(e), e.Doc)
			for _, s := range e.started {
				require.Empty(t, s.faults())
			}
		})
	}
}

// unsaid is what the paragraph about the first start lacks.
func unsaid(e told) []string {
	_, says, found := strings.Cut(e.Doc, "\nFirst start: ")
	if !found {
		return []string{"a paragraph that begins with First start:"}
	}
	var out []string
	for _, s := range e.started {
		user := "root"
		if s.user != nil && *s.user != 0 {
			user = fmt.Sprint(*s.user)
		}
		if !strings.Contains(says, user) {
			out = append(out, fmt.Sprintf("%s/%s starts as %s", s.workload, s.name, user))
		}
		root := "writable root"
		if s.readOnly {
			root = "read-only root"
		}
		if s.name != "seed" && !strings.Contains(says, root) {
			out = append(out, fmt.Sprintf("%s/%s has a %s", s.workload, s.name, root))
		}
	}
	if e.Kind != evaluate.KindChart && len(e.wants()) > 0 && !strings.Contains(says, "Secret") && !strings.Contains(says, "without") && !strings.Contains(says, "wants") && !strings.Contains(says, "give one") {
		out = append(out, "what it needs")
	}
	return out
}

// faults are settings with which a container does not start.
func (s start) faults() []string {
	var out []string
	root := s.user != nil && *s.user == 0
	if len(s.low) > 0 && !root && !s.binds {
		out = append(out, fmt.Sprintf("%s/%s listens on %v as another user than root", s.workload, s.name, s.low))
	}
	if s.user == nil {
		out = append(out, fmt.Sprintf("%s/%s starts as a user that is not known", s.workload, s.name))
	}
	return out
}

func TestFaultyStartsAreNoticed(t *testing.T) {
	user, root := int64(1000), int64(0)
	require.Empty(t, start{user: &user, low: []int32{53}, binds: true}.faults())
	require.Empty(t, start{user: &root, low: []int32{53}}.faults())
	require.NotEmpty(t, start{user: &user, low: []int32{53}}.faults())
	require.NotEmpty(t, start{}.faults())
}
