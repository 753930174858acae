// Package locking brings images.lock.json and the registries together: what the
// lock lacks is asked for, and what it says is held against what they say now.
// An answer that could not be had changes nothing and is no finding.
package locking

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"stillsuit.dev/generator/image"

	"stillsuit.dev/crash"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/sources/registry"
)

// Registries say what references are; *registry.Client does.
type Registries interface {
	Resolve(ctx context.Context, ref image.Reference, want *registry.Want) (*registry.Image, error)
}

// Options change what is asked; nil means defaults.
type Options struct {
	// Update asks again for what is locked: a tag may have been pushed again.
	Update bool
	// Sizes asks for the sizes of each platform too.
	Sizes bool
	// Users asks for the user of each platform too. They are asked for anyway where they
	// were known before, of this tag or of another one of the repository.
	Users bool
	// Progress is told how many references are done, one call at a time.
	Progress func(done, of int)
}

// Answer is what came of one reference.
type Answer struct {
	Ref string
	// Image is what to lock: all that is known now. It is meaningless with Err.
	Image lock.Image
	// Err is a *registry.MissingError, a *registry.UnfitError, or says why nothing
	// is known.
	Err error
}

// Definite reports whether the registry itself says no: it is then the reference
// that is wrong.
func (a Answer) Definite() bool { return definite(a.Err) }

func definite(err error) bool {
	var missing *registry.MissingError
	var unfit *registry.UnfitError
	return errors.As(err, &missing) || errors.As(err, &unfit)
}

// Ask asks the registries for those of refs that the lock lacks, or whose digest it lacks,
// or whose sizes or users are wanted and lacking; with Options.Update for all. The answers
// are sorted by reference; today is YYYY-MM-DD, in UTC.
func Ask(ctx context.Context, registries Registries, known *lock.Lock, refs []string, today string, opts *Options) []Answer {
	if opts == nil {
		opts = &Options{}
	}
	refs = slices.DeleteFunc(sorted(refs), func(ref string) bool {
		i, locked := known.Images[ref]
		more := (opts.Sizes || opts.Users) && lacks(i, opts.Sizes, opts.Users)
		return locked && !opts.Update && i.Digest != "" && !more
	})
	return all(refs, opts.Progress, func(ref string) Answer {
		i, err := ask(ctx, registries, ref, known, today, opts)
		return Answer{ref, i, err}
	})
}

// ask returns what is known of a reference after its registry was asked.
func ask(ctx context.Context, registries Registries, ref string, known *lock.Lock, today string, opts *Options) (_ lock.Image, err error) {
	defer crash.Catch(&err, "asking for "+ref)
	at, err := image.ParseFull(ref)
	if err != nil {
		return lock.Image{}, err
	}
	before := known.Images[ref]
	want := &registry.Want{Sizes: opts.Sizes, Users: opts.Users || hadUsers(known, at)}
	switch {
	case before.Digest != "" && !opts.Update: // more of what is locked, wherever the tag is now
		at.Digest = before.Digest
	case before.Provenance == lock.Registry && !lacks(before, want.Sizes, want.Users):
		want.Known = before.Digest
	}
	got, err := registries.Resolve(ctx, at, want)
	if err != nil {
		return lock.Image{}, err
	}
	if len(got.Platforms) == 0 { // the known digest
		return before, nil
	}
	return before.Renew(lock.Image{
		Digest: got.Digest, Platforms: got.Platforms, Manifests: got.Manifests, Sizes: got.Sizes, Users: got.Users,
		Provenance: lock.Registry, Seen: today,
	}), nil
}

// hadUsers reports whether the lock has users of the image's repository: a new version must
// not be known less well than the one before.
func hadUsers(known *lock.Lock, of image.Reference) bool {
	if len(known.Images[of.Tagged()].Users) > 0 {
		return true
	}
	return slices.ContainsFunc(known.Others(of), func(o image.Reference) bool { return len(known.Images[o.Tagged()].Users) > 0 })
}

// lacks reports whether something more could be learned of an image.
func lacks(i lock.Image, sizes, users bool) bool {
	n := len(i.Platforms)
	return len(i.Manifests) < n || sizes && len(i.Sizes) < n || users && len(i.Users) < n
}

func sorted(refs []string) []string {
	refs = slices.Clone(refs)
	slices.Sort(refs)
	return slices.Compact(refs)
}

// all asks for the references side by side; how many at a time is the registries'
// business.
func all[T any](refs []string, progress func(done, of int), ask func(ref string) T) []T {
	results := make([]T, len(refs))
	var mu sync.Mutex
	var group crash.Group
	done := 0
	for i, ref := range refs {
		group.Go(func() {
			results[i] = ask(ref)
			if progress == nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			progress(done, len(refs))
		})
	}
	group.Wait()
	return results
}

// Refs are the references of a lock, sorted.
func Refs(l *lock.Lock) []string { return slices.Sorted(maps.Keys(l.Images)) }
