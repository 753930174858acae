package tree

import (
	"io/fs"
	"path"
	"strings"
)

// markMode lets everybody but the owner execute a file. A commit keeps one bit
// of a file's mode, and a checkout makes files of it that all may execute or
// none, less what the umask takes from both (git's entry.c, create_file); LFS
// takes the right to write besides. An owner without the right of everybody
// else is therefore nothing that somebody can push.
const markMode fs.FileMode = 0o655

// isMarked reports whether the stage holds the mark of a journal with these
// bytes, as the run makes it that writes the journal. The mark bears the
// journal's hash as its name, so a journal that takes the place of another one
// has none, and it goes with the stage when the run is over, so an old journal
// that comes back has none either. A copy of the whole directory, with its
// modes, is as good as the directory itself.
func isMarked(state *dir, journal []byte) (bool, error) {
	name := path.Join(stageDir, sum(journal))
	info, err := state.root.Lstat(name)
	if gone(err) {
		return false, nil
	}
	if err != nil {
		return false, pathError("read", state.join(name), err)
	}
	return info.Mode() == markMode, nil
}

// recoverable reports whether a path is one that a recovery may write or
// remove: below a cluster's tree, or what SOPS lays out.
func recoverable(p string) bool {
	rest, below := strings.CutPrefix(p, Root+"/")
	cluster, file, _ := strings.Cut(rest, "/")
	return p == sopsFile || below && cluster != "" && file != ""
}

// bearsSeal reports whether content is what a run may have replaced: a file
// with a seal, which --discard-edits had perhaps said to drop the edits of.
func (w *writer) bearsSeal(content []byte) bool { return w.inspect(content) != Foreign }

// isStaged reports whether content may have been staged: it bears an unbroken
// seal, or stands in for a file of flux bootstrap's, which replaces nothing.
func (w *writer) isStaged(content []byte, replaces bool) bool {
	return w.inspect(content) == Intact || !replaces && string(content) == placeholder
}
