package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"stillsuit.dev/finding"
)

// subject is what a finding is about, without what changes while it stays the same
// finding: its line, and the numbers in its sentence.
type subject struct {
	code               finding.Code
	file, what, policy string
}

func subjectOf(f finding.Finding) subject {
	what := f.Path
	if what == "" {
		what = f.Problem
	}
	return subject{f.Code, f.Place.File, what, f.Policy}
}

// name is the subject for people.
func (s subject) name() string {
	name := s.what
	if s.file != "" {
		name = s.file + ": " + name
	}
	if s.policy != "" {
		name += ", policy " + s.policy
	}
	return name
}

// fingerprint is the same in every run in which the finding is there, and belongs to
// no other: the SHA-256 of the subject, and which one of the same subject it is.
func (s subject) fingerprint(nth int) string {
	text := fmt.Appendf(nil, "%q %q %q", s.code, s.file, s.what)
	if s.policy != "" {
		text = fmt.Appendf(text, " %q", s.policy)
	}
	sum := sha256.Sum256(text)
	return fmt.Sprintf("%s:%d", hex.EncodeToString(sum[:]), nth)
}

// counter tells findings of the same subject apart, by their order.
type counter map[subject]int

func (c counter) next(s subject) int {
	c[s]++
	return c[s]
}
