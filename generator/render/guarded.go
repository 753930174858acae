package render

import (
	"stillsuit.dev/crash"
	"stillsuit.dev/generator/model"
)

// guarded does what concerns one entry. A panic is a finding about it, and the others are
// still rendered.
func guarded(r *model.Reporter, what string, at model.Path, do func()) {
	defer func() {
		if p := recover(); p != nil {
			f := crash.New("rendering "+what+" "+at[1], p).Finding(r.Places.Of(at))
			f.Path = at.String()
			r.Findings = append(r.Findings, f)
		}
	}()
	do()
}

func (r *scope) guarded(what string, at model.Path, do func()) { guarded(&r.Reporter, what, at, do) }
