package locking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/generator/image"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/sources/registry"
)

// Verdict is what came of holding one locked reference against its registry.
type Verdict struct {
	Ref string
	// Finding is what is no longer so; nil when all is.
	Finding *finding.Finding
	// Err says why nothing is known.
	Err error
}

// Verify asks the registries whether they still say what the lock says of refs,
// which are all in it. source is the file that the lock was read from: findings
// are on its lines.
func Verify(ctx context.Context, registries Registries, known *lock.Lock, refs []string, source []byte, progress func(done, of int)) []Verdict {
	return all(sorted(refs), progress, func(ref string) Verdict {
		f, err := verify(ctx, registries, ref, known.Images[ref])
		if f != nil {
			f.Severity, f.Place = finding.Error, Place(source, ref)
		}
		return Verdict{ref, f, err}
	})
}

func verify(ctx context.Context, registries Registries, ref string, locked lock.Image) (_ *finding.Finding, err error) {
	defer crash.Catch(&err, "asking for "+ref)
	want := &registry.Want{}
	if locked.Provenance == lock.Registry {
		want.Known = locked.Digest
	}
	tagged, err := image.ParseFull(ref)
	if err != nil {
		return nil, err
	}
	got, err := registries.Resolve(ctx, tagged, want)
	var missing *registry.MissingError
	switch {
	case errors.As(err, &missing):
		return moved(ctx, registries, tagged, locked, nil)
	case definite(err):
		f := Refused(err)
		return &f, nil
	case err != nil:
		return nil, err
	case got.Digest != locked.Digest:
		return moved(ctx, registries, tagged, locked, got)
	case len(got.Platforms) == 0 || slices.Equal(got.Platforms, locked.Platforms):
		return nil, nil
	}
	return &finding.Finding{
		Code: "registry/platforms", Problem: fmt.Sprintf("%s is locked for %s", ref, finding.All(locked.Platforms)),
		Detail: fmt.Sprintf("its registry has it for %s", finding.All(got.Platforms)), Fix: mendUpdate(ref),
	}, nil
}

// moved tells what a tag that is gone, or has another digest, means for the nodes,
// which pull by the locked digest. now is nil when the tag is gone.
func moved(ctx context.Context, registries Registries, of image.Reference, locked lock.Image, now *registry.Image) (*finding.Finding, error) {
	ref := of.Tagged()
	of.Digest = locked.Digest
	_, err := registries.Resolve(ctx, of, &registry.Want{Known: locked.Digest})
	var missing *registry.MissingError
	removed := errors.As(err, &missing)
	if err != nil && !removed {
		return nil, err
	}
	f := &finding.Finding{Fix: mendUpdate(ref)}
	switch {
	case now == nil && removed:
		f.Code, f.Problem, f.Fix = "registry/removed", fmt.Sprintf("the registry has neither %s nor its digest any more", ref), "take another tag"
	case now == nil:
		f.Code, f.Problem, f.Fix = "registry/missing", fmt.Sprintf("the registry no longer has the tag of %s", ref), "take another tag"
		f.Detail = "it still has the locked digest, which nodes pull"
	case removed:
		f.Code = "registry/removed"
		f.Problem = fmt.Sprintf("the registry no longer has %.19s…, to which %s is locked", locked.Digest, ref)
		f.Detail = fmt.Sprintf("the tag is %.19s… now", now.Digest)
	default:
		f.Code = "registry/retagged"
		f.Problem = fmt.Sprintf("%s is locked to %.19s…", ref, locked.Digest)
		f.Detail = fmt.Sprintf("it was pushed again, and is %.19s… now", now.Digest)
	}
	if now != nil {
		if lost := without(locked.Platforms, now.Platforms); len(lost) > 0 {
			f.Detail += ", and no longer built for " + finding.All(lost)
		}
	}
	return f, nil
}

// Refused is what a registry's own no says of a reference. Its place is not known.
func Refused(err error) finding.Finding {
	var missing *registry.MissingError
	var unfit *registry.UnfitError
	f := finding.Finding{Severity: finding.Error}
	switch {
	case errors.As(err, &missing):
		f.Code, f.Problem = "registry/missing", fmt.Sprintf("%s is not in its registry, which answers 404 %s", missing.Ref, missing.Code)
		f.Fix = "look for a misspelt path or tag"
	case errors.As(err, &unfit):
		f.Code, f.Problem, f.Fix = "registry/unfit", fmt.Sprintf("%s cannot be locked: %s", unfit.Ref, unfit.Reason), "take another tag"
	}
	return f
}

func mendUpdate(ref string) string {
	return fmt.Sprintf("read what changed, then run `stillsuit images lock --update %s`", ref)
}

// without are the platforms of all that are not among some.
func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(p string) bool { return slices.Contains(some, p) })
}

// Place is the line of a reference in the bytes of a lock.
func Place(source []byte, ref string) finding.Place {
	for n, line := range strings.Split(string(source), "\n") {
		if at := strings.Index(line, fmt.Sprintf("%q: {", ref)); at >= 0 {
			return finding.Place{File: lock.File, Line: n + 1, Column: at + 1}
		}
	}
	return finding.Place{File: lock.File}
}
