package fix

import (
	"fmt"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
)

// rounds is the most that fixes are made and the rest is looked at again: a fix may make
// another one possible.
const rounds = 10

// Session makes the edits of findings, has the input checked again, and makes what is
// possible then.
type Session struct {
	Dir   string                                  // that the places of findings are relative to
	Check func(file string, content []byte) error // as in Options
	Say   func(line string) error                 // is called with what was fixed, and what was not
	made  int
}

// Run makes the edits of findings. again checks the input once more.
func (s *Session) Run(findings []finding.Finding, again func() ([]finding.Finding, error)) error {
	for range rounds {
		more, err := s.apply(findings)
		if err != nil || !more {
			return err
		}
		if findings, err = again(); err != nil {
			return err
		}
	}
	return nil
}

// Summary says how many findings were fixed, where so many are left.
func (s *Session) Summary(left int) string {
	return fmt.Sprintf("fixed %d of %s", s.made, finding.Count(s.made+left, "finding"))
}

func (s *Session) apply(findings []finding.Finding) (bool, error) {
	root, err := files.OpenRoot(s.Dir)
	if err != nil {
		return false, err
	}
	defer func() { _ = root.Close() }() // each file is closed where it is written
	plan, err := Make(root, findings, &Options{Check: s.Check})
	if err != nil {
		return false, err
	}
	if len(plan.Files) == 0 {
		for _, k := range plan.Skipped {
			if err := s.Say(fmt.Sprintf("not fixed: %s: %s [%s]", k.Finding.Place, k.Why, k.Finding.Code)); err != nil {
				return false, err
			}
		}
		return false, nil
	}
	if err := plan.Write(root); err != nil {
		return false, err
	}
	for _, file := range plan.Files {
		for _, e := range file.Edits {
			if err := s.Say(fmt.Sprintf("fixed: %s: %s [%s]", e.Finding.Place, e.Finding.Problem, e.Finding.Code)); err != nil {
				return false, err
			}
		}
	}
	s.made += len(plan.Fixed)
	return true, nil
}

// Fixable is how many findings have edits.
func Fixable(findings []finding.Finding) int {
	n := 0
	for _, f := range findings {
		if len(f.Edits) > 0 {
			n++
		}
	}
	return n
}
