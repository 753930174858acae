package source

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"syscall"
)

// refused returns the files that exist and must not be read, of those that were asked for.
func (s *fileSystem) refused() map[string]error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.bad)
}

// failed returns why a file or directory could not be read that is there: the first one by
// name, of those that were asked for, without the directories of other clusters.
func (s *fileSystem) failed(cluster string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	failures := map[string]error{}
	others := func(name string) bool {
		rest, in := strings.CutPrefix(name, RepoMount+"/"+ClustersDir+"/")
		of, _, _ := strings.Cut(rest, "/")
		return in && of != cluster
	}
	for name, l := range s.dirs {
		if cannotRead(l.err) && !others(name) {
			failures[name] = l.err
		}
	}
	for name, c := range s.files {
		if cannotRead(c.err) && !others(name) {
			failures[name] = c.err
		}
	}
	if len(failures) == 0 {
		return nil
	}
	first := slices.Min(slices.Collect(maps.Keys(failures)))
	return fmt.Errorf("read %s: %w", Display(first), bare(failures[first]))
}

// cannotRead reports whether an error is the operating system's, about a file that
// is there, and not about a name that no file can have.
func cannotRead(err error) bool {
	var errno syscall.Errno
	named := []syscall.Errno{syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.EINVAL, syscall.EILSEQ}
	return errors.As(err, &errno) && !slices.Contains(named, errno)
}

// bare is an error without the operation and the path that the os package adds.
func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
