package apiserver

import (
	"context"
	_ "embed"
	"slices"
	"strings"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks what the API server rejects.
func Checker(opts *Options) *checks.Checker {
	if opts == nil {
		opts = &Options{}
	}
	run := func(pass *checks.Pass) error { return run(pass, opts) }
	return &checks.Checker{Name: "apiserver", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}

// forever is the day by which nothing is judged: suppressions that end still hold.
const forever = "0001-01-01"

// Judge reports the errors that the check finds. With one of them nothing should be written:
// Flux could not apply it.
func Judge(s *inventory.Subject) ([]finding.Finding, error) {
	found, err := checks.Run(s, []*checks.Checker{Checker(nil)}, &checks.Options{Today: forever, Only: only()})
	return slices.DeleteFunc(found, func(f finding.Finding) bool { return f.Severity != finding.Error }), err
}

// only are the codes of this check.
func only() []finding.Code {
	var out []finding.Code
	for _, c := range Checker(nil).Codes {
		out = append(out, c.Code)
	}
	return out
}

func run(pass *checks.Pass, opts *Options) error {
	minor := pass.Minor
	if minor == 0 {
		minor = builtin.Newest
	}
	r := &reporter{Pass: pass}
	r.newer()
	r.customs(context.Background(), opts.Definitions)
	return builtin.Each(minor, r.served(), func(o *manifest.Object, refusals []refusal.Refusal) {
		r.named(o)
		r.nodePorts(o)
		r.report(o, slices.DeleteFunc(refusals, func(why refusal.Refusal) bool { return nameless(o, why.Keys) }))
	})
}

// reporter turns refusals into findings on the user's lines.
type reporter struct {
	*checks.Pass
	containers map[*manifest.Object][]inventory.Container // once something is refused
}

func (r *reporter) report(o *manifest.Object, refusals []refusal.Refusal) {
	for _, why := range refusals {
		if r.found(o, why.Keys) {
			continue
		}
		at, related := r.InReach(r.patched(o, why))
		r.Report(at, finding.Finding{Code: why.Code, Severity: why.Severity, Problem: why.Problem, Detail: why.Detail, Fix: why.Fix, Related: related})
	}
}

// patched is the spot of a refused field: in the patch that wrote it, or one of the fields
// that it does not agree with.
func (r *reporter) patched(o *manifest.Object, why refusal.Refusal) inventory.Spot {
	spot := r.spot(o, why.Keys)
	at := r.ByPatch(spot)
	for _, keys := range why.With {
		if at.Object != o {
			break
		}
		at = r.ByPatch(r.spot(o, keys))
	}
	if at.Object == o { // or of the last of them
		return spot
	}
	return at
}

// found reports whether somebody who read the object reported the value already.
func (r *reporter) found(o *manifest.Object, keys []string) bool {
	return slices.ContainsFunc(r.Found, func(f inventory.Found) bool {
		n := len(f.About.Keys)
		return n > 0 && f.About.Object == o && n <= len(keys) && slices.Equal(f.About.Keys, keys[:n])
	})
}

// spot is where a value of an object stands, in CUE at the container that it is of.
func (r *reporter) spot(o *manifest.Object, keys []string) inventory.Spot {
	at := inventory.Spot{Object: o, Keys: keys}
	if !slices.ContainsFunc(keys, func(key string) bool { return strings.HasSuffix(strings.ToLower(key), "containers") }) {
		return at
	}
	if r.containers == nil {
		r.containers = map[*manifest.Object][]inventory.Container{}
		pods, err := r.PodTemplates()
		if err != nil { // other checks say so
			return at
		}
		for _, p := range pods {
			r.containers[p.Object] = append(r.containers[p.Object], p.Containers()...)
		}
	}
	named := map[string]int{}
	for _, c := range r.containers[o] {
		named[c.Name]++
	}
	for _, c := range r.containers[o] {
		if named[c.Name] > 1 { // the name does not lead there
			continue
		}
		if n := len(c.Spot.Keys); n <= len(keys) && slices.Equal(c.Spot.Keys, keys[:n]) {
			at.Path = declared(c, keys[n:])
			break
		}
	}
	return at
}

// declared is the path of a container's value in CUE, which has the resources beside the
// other fields. What stands in a list is not looked for.
func declared(c inventory.Container, keys []string) []string {
	path := slices.Clone(c.Spot.Path)
	if len(keys) > 0 && keys[0] == "resources" {
		keys = keys[1:]
	}
	for _, key := range keys {
		if key[0] >= '0' && key[0] <= '9' {
			break
		}
		path = append(path, key)
	}
	return path
}
