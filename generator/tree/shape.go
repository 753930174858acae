package tree

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"syscall"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
)

// stateShape is what a run leaves in the state directory, and whether it is a directory.
// The .gitignore there is made anew when it is no file.
var stateShape = [...]struct {
	name string
	dir  bool
}{{".", true}, {stageDir, true}, {oldDir, true}, {lockFile, false}, {journalFile, false}, {journalDraft, false}}

// oddState finds what is no directory or no file where the state directory has one, or
// cannot be read. It follows no symbolic link.
func oddState(root *os.Root) []finding.Finding {
	for _, s := range stateShape {
		p := path.Join(stateDir, s.name)
		info, err := root.Lstat(p)
		switch {
		case err == nil && info.IsDir() != s.dir, err == nil && !s.dir && !info.Mode().IsRegular():
			want := "a file"
			if s.dir {
				want = "a directory"
			}
			return []finding.Finding{at(codeState, p, "is "+shape(info.Mode()), "stillsuit keeps "+want+" there", "run "+discardState+" and render again")}
		case err == nil:
			var f *os.File
			if f, err = root.OpenFile(p, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
				_ = f.Close() // nothing was read
			}
		}
		if errors.Is(err, fs.ErrPermission) {
			return []finding.Finding{at(codeState, p, "cannot be read", "you lack the permission", "run `chmod -R u+rwX "+stateDir+"` as the owner of "+stateDir)}
		}
	}
	return nil
}

// shape says what kind of file there is.
func shape(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.Type() == fs.ModeSymlink:
		return "a symbolic link"
	}
	return files.OtherError{Mode: mode}.Kind()
}
