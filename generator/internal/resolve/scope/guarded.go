package scope

import (
	"stillsuit.dev/crash"
	"stillsuit.dev/generator/model"
)

// Guarded does what concerns one entry. A panic is a finding about it, and the others are
// still rendered.
func Guarded(r *model.Reporter, what string, at model.Path, do func()) {
	defer func() {
		if p := recover(); p != nil {
			f := crash.New("rendering "+what+" "+at[1], p).Finding(r.Places.Of(at))
			f.Path = at.String()
			r.Findings = append(r.Findings, f)
		}
	}()
	do()
}

// Guarded is Guarded for what the scope reports.
func (r *Scope) Guarded(what string, at model.Path, do func()) { Guarded(&r.Reporter, what, at, do) }
