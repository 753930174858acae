package locking

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
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

// Verifying changes what is verified; nil means defaults.
type Verifying struct {
	// All compares all that an entry says, as of one that somebody may have written by
	// hand. Otherwise a digest that the registry gave before, and still has under the tag,
	// vouches for the rest.
	All bool
	// Progress is told how many references are done, one call at a time.
	Progress func(done, of int)
}

// Verify asks the registries whether they still say what the lock says of refs,
// which are all in it. source is the file that the lock was read from: findings
// are on its lines.
func Verify(ctx context.Context, registries Registries, known *lock.Lock, refs []string, source []byte, how *Verifying) []Verdict {
	if how == nil {
		how = &Verifying{}
	}
	return all(sorted(refs), how.Progress, func(ref string) Verdict {
		f, err := verify(ctx, registries, ref, known.Images[ref], how.All)
		if f != nil {
			f.Severity, f.Place = finding.Error, Place(source, ref)
		}
		return Verdict{ref, f, err}
	})
}

// Changed are the references that a lock has and its base does not have so: those that a
// change brings. What only the day of an entry, its evidence or its history say otherwise
// is no change: no registry knows it.
func Changed(base, head *lock.Lock) []string {
	var refs []string
	for _, c := range lock.Diff(base, head) {
		if c.After == nil {
			continue
		}
		if c.Before != nil {
			was := *c.Before
			was.Seen, was.Evidence, was.History = c.After.Seen, c.After.Evidence, c.After.History
			if reflect.DeepEqual(was, *c.After) {
				continue
			}
		}
		refs = append(refs, c.Ref)
	}
	return refs
}

func verify(ctx context.Context, registries Registries, ref string, locked lock.Image, all bool) (_ *finding.Finding, err error) {
	defer crash.Catch(&err, "asking for "+ref)
	want := &registry.Want{}
	switch {
	case all:
		want.Sizes, want.Users = len(locked.Sizes) > 0, len(locked.Users) > 0
	case locked.Provenance == lock.Registry:
		want.Known = locked.Digest
	}
	tagged, err := image.ParseFull(ref)
	if err != nil {
		return nil, err
	}
	got, err := registries.Resolve(ctx, tagged, want)
	var missing *registry.MissingError
	switch {
	case errors.As(err, &missing) && locked.Digest != "":
		return moved(ctx, registries, tagged, locked, nil)
	case definite(err):
		f := Refused(err)
		return &f, nil
	case err != nil:
		return nil, err
	case locked.Digest != "" && got.Digest != locked.Digest:
		return moved(ctx, registries, tagged, locked, got)
	case len(got.Platforms) == 0: // the known digest
		return nil, nil
	case !slices.Equal(got.Platforms, locked.Platforms):
		return &finding.Finding{
			Code: "registry/platforms", Problem: fmt.Sprintf("%s is locked for %s", ref, finding.All(locked.Platforms)),
			Detail: fmt.Sprintf("its registry has it for %s", finding.All(got.Platforms)), Fix: mendUpdate(ref),
		}, nil
	}
	return differs(ref, locked, got), nil
}

// differs tells what else an entry says of an image that its registry says otherwise.
func differs(ref string, locked lock.Image, got *registry.Image) *finding.Finding {
	for _, p := range locked.Platforms {
		say := func(what, was, is string) *finding.Finding {
			return &finding.Finding{
				Code: "registry/differs", Problem: fmt.Sprintf("images.lock.json says that %s of %s for %s is %s", what, ref, p, was),
				Detail: "its registry says " + is, Fix: mendUpdate(ref),
			}
		}
		if was, said := locked.Manifests[p]; said && was != got.Manifests[p] {
			return say("the manifest", was, got.Manifests[p])
		}
		if was, said := locked.Size(p); said && got.Sizes != nil && was != got.Sizes[p] {
			return say("the size", fmt.Sprint(was), fmt.Sprint(got.Sizes[p]))
		}
		if was, said := locked.User(p); said && got.Users != nil && was != got.Users[p] {
			return say("the user", fmt.Sprintf("%q", was), fmt.Sprintf("%q", got.Users[p]))
		}
	}
	return nil
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
		f.Code, f.Problem, f.Fix = "registry/removed", fmt.Sprintf("the registry has neither %s nor its digest", ref), "take another tag"
	case now == nil:
		f.Code, f.Problem, f.Fix = "registry/missing", fmt.Sprintf("the registry no longer has the tag of %s", ref), "take another tag"
		f.Detail = "it still has the locked digest, which nodes pull"
	case removed:
		f.Code = "registry/removed"
		f.Problem = fmt.Sprintf("the registry does not have %.19s…, to which %s is locked", locked.Digest, ref)
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

// Place is the line of a reference in the bytes of a lock, in whichever spelling it is
// there.
func Place(source []byte, ref string) finding.Place {
	key := regexp.MustCompile(`"([^"\s]+)"\s*:\s*[{]`)
	for n, line := range strings.Split(string(source), "\n") {
		for _, at := range key.FindAllStringSubmatchIndex(line, -1) {
			if is, err := image.ParseFull(line[at[2]:at[3]]); err == nil && is.Tagged() == ref {
				return finding.Place{File: lock.File, Line: n + 1, Column: at[0] + 1}
			}
		}
	}
	return finding.Place{File: lock.File}
}
