package tree

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// syncPaths hands each path to the drive with fsync, which is cheap on macOS,
// and has the drive write all it was handed with the last one: os.File.Sync is
// F_FULLFSYNC there.
func syncPaths(top *dir, paths []string) error {
	for i, p := range paths {
		f, err := top.root.OpenFile(p, unix.O_RDONLY|unix.O_NONBLOCK, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			if i == len(paths)-1 {
				err = f.Sync()
			} else {
				err = unix.Fsync(int(f.Fd()))
			}
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			return pathError("sync", top.join(p), err)
		}
	}
	return nil
}
