package checks

import (
	"fmt"
	"path"
	"slices"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// blame is the finding about a checker that panicked: at the object that it panics on
// alone, or about the subject when no single one is to blame.
func (p *Pass) blame() finding.Finding {
	e, at, on := *p.crashed, inventory.Spot{}, p.Name
	if o := p.culprit(); o != nil {
		at.Object, on = o, o.Kind+" "+path.Join(o.Namespace, o.Name)
	}
	e.Doing = fmt.Sprintf("checking %s with %s", on, p.checker.Name)
	place, cue := p.Places.Locate(at)
	f := e.Finding(place)
	f.Path = cue
	return f
}

// failure is the finding about a checker that ended with an error.
func (p *Pass) failure() finding.Finding {
	var secrets []string
	for _, o := range p.Objects {
		secrets = append(secrets, o.Secrets()...)
	}
	place, cue := p.Places.Locate(inventory.Spot{})
	f := crash.Failed(p.checker.Name, p.failed, place)
	f.Path = cue
	f.Hide(secrets)
	return f
}

// culprit is the object on which the checker panics alone, or nil. It runs the checker
// on one half of the objects and then on the other, and so looks at three times as many
// at most as there are.
func (p *Pass) culprit() *manifest.Object {
	among := p.Objects
	if len(among) == 0 || p.panicsOn(nil) {
		return nil
	}
	for len(among) > 1 {
		half := len(among) / 2
		switch {
		case p.panicsOn(among[:half]):
			among = among[:half]
		case p.panicsOn(among[half:]):
			among = among[half:]
		default: // it takes some of each half
			return nil
		}
	}
	if !p.panicsOn(among) {
		return nil
	}
	return among[0]
}

// panicsOn reports whether the checker panics when there are only some of the objects.
func (p *Pass) panicsOn(objects []*manifest.Object) bool {
	subject, here := *p.Subject, map[*manifest.Object]bool{}
	for _, o := range objects {
		here[o] = true
	}
	subject.Objects, subject.Units = objects, slices.Clone(p.Units)
	for i := range subject.Units {
		subject.Units[i].Objects = slices.DeleteFunc(slices.Clone(subject.Units[i].Objects), func(o *manifest.Object) bool { return !here[o] })
	}
	trial := &Pass{Subject: &subject, Today: p.Today, Trial: true, checker: p.checker}
	trial.run()
	return trial.crashed != nil
}
