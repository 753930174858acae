// Package files opens files and directories, and nothing else that a name may stand for:
// to open a named pipe waits for a writer, perhaps for ever, and to open a device may do
// something. What is not opened is named.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxFile is the most that is read of one file, in bytes; our choice. What an API server
// takes for an object has 3 MiB (k8s.io/apiserver, MaxRequestBodyBytes).
const maxFile = 64 << 20

var errTooLarge = fmt.Errorf("it has more than %d MiB", maxFile>>20)

// OtherError says that there is neither a file nor a directory.
type OtherError struct{ Mode fs.FileMode }

// Kind says what is there: a named pipe.
func (e OtherError) Kind() string {
	switch e.Mode.Type() &^ fs.ModeCharDevice {
	case fs.ModeNamedPipe:
		return "a named pipe"
	case fs.ModeSocket:
		return "a socket"
	case fs.ModeDevice:
		return "a device"
	case fs.ModeDir:
		return "a directory"
	}
	return "something else"
}

func (e OtherError) Error() string { return "it is " + e.Kind() + ", not a file" }

// Is makes it an fs.ErrInvalid.
func (e OtherError) Is(target error) bool { return target == fs.ErrInvalid }

// Check returns an OtherError for what is neither a file nor a directory.
func Check(mode fs.FileMode) error {
	if mode.IsRegular() || mode.IsDir() {
		return nil
	}
	return OtherError{mode}
}

// place is where files are opened: an os.Root, or anywhere.
type place struct {
	stat func(name string) (fs.FileInfo, error)
	open func(name string, flag int, perm fs.FileMode) (*os.File, error)
}

// Open opens a file or directory below root for reading. Symbolic links are followed as
// root does.
func Open(root *os.Root, name string) (*os.File, error) {
	return place{root.Stat, root.OpenFile}.file(name)
}

// file looks before it opens, so that no device is touched, and once more afterwards:
// what is there may have changed. By O_NONBLOCK no pipe is waited for then.
func (p place) file(name string) (*os.File, error) {
	refuse := func(err error) (*os.File, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	info, err := p.stat(name)
	if err != nil {
		return nil, err
	}
	if err := Check(info.Mode()); err != nil {
		return refuse(err)
	}
	f, err := p.open(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil {
		err = Check(info.Mode())
	}
	if err != nil {
		_ = f.Close() // nothing was read
		return refuse(err)
	}
	return f, nil
}

// all reads a file to its end, or to maxFile.
func all(name string, f io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Read reads what somebody named on the command line: a file, or an open descriptor of
// the process, /dev/stdin or what a shell writes for <(…), which may be a pipe. Elsewhere
// a pipe is refused: nobody may ever write to it.
func Read(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	piped := info.Mode().Type() == fs.ModeNamedPipe && descriptor(name)
	if err := Check(info.Mode()); err != nil && !piped && name != os.DevNull {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if err := Check(info.Mode()); err != nil && !piped && name != os.DevNull {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return all(name, f)
}

// ReadAll reads a stream to its end, up to the size of a file.
func ReadAll(name string, stream io.Reader) ([]byte, error) { return all(name, stream) }

// OpenRoot opens a directory as os.OpenRoot does, which would wait for a named pipe.
func OpenRoot(dir string) (*os.Root, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: errors.New("it is no directory")}
	}
	if err != nil {
		return nil, err
	}
	return os.OpenRoot(dir + string(os.PathSeparator)) // which nothing but a directory can be opened by
}
