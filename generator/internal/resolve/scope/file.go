package scope

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"syscall"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/git"
	"stillsuit.dev/generator/model"
)

// InDirectory is a path of the cluster's directory as one of the repository.
func (r *Scope) InDirectory(name string) (string, error) {
	if name == "." {
		return "", errors.New("that is the cluster's directory itself")
	}
	if !fs.ValidPath(name) {
		return "", errors.New("it lies outside of the cluster's directory")
	}
	return path.Join(r.Inputs.Dir, name), nil
}

// ReadFile reads a file of the cluster's directory. Text has LF line ends, however
// it was checked out.
func (r *Scope) ReadFile(name string) ([]byte, error) {
	full, err := r.InDirectory(name)
	if err != nil {
		return nil, err
	}
	b, err := fs.ReadFile(r.Inputs.Files, full)
	return git.Text(b), err
}

// Found reports a file that is not there, or not to be read. One that is there and
// cannot be read fails the rendering: nobody wrote anything wrong.
func (r *Scope) Found(at model.Path, name string, err error) bool {
	if err == nil {
		return true
	}
	var failure syscall.Errno
	named := []syscall.Errno{syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.EINVAL, syscall.EILSEQ, syscall.EISDIR} // by a name that no file has
	if errors.As(err, &failure) && !slices.Contains(named, failure) {
		if r.Err == nil {
			r.Err = fmt.Errorf("read %s: %w", path.Join(r.Inputs.Dir, name), unreadable(err))
		}
		return false
	}
	contrast := err.Error()
	var known []string
	if errors.Is(err, syscall.EISDIR) {
		contrast = "it is a directory"
	}
	if errors.Is(err, fs.ErrNotExist) {
		contrast = fmt.Sprintf("there is none in %s", r.Inputs.Dir)
		if full, err := r.InDirectory(name); err == nil {
			entries, _ := fs.ReadDir(r.Inputs.Files, path.Dir(full)) // none when there is no such directory
			for _, e := range entries {
				known = append(known, path.Join(path.Dir(name), e.Name()))
			}
		}
	}
	r.Error(at, "file/unreadable", fmt.Sprintf("%q is read here", name), contrast, finding.DidYouMean(name, known, "files are named relative to the cluster's directory")).Like(name, known)
	return false
}

// unreadable is an error about a file of the repository, on the path that it has
// there.
func unreadable(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
