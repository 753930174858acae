package tree

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// fewPaths is up to how many paths are synced one by one. Each costs a commit
// of the file system's own journal; syncing the whole file system costs one,
// and the bytes that other programs left unwritten.
const fewPaths = 8

func syncPaths(top *dir, paths []string) error {
	if len(paths) > fewPaths {
		f, err := top.handle()
		if err != nil {
			return err
		}
		if err := unix.Syncfs(int(f.Fd())); err != nil {
			return pathError("sync", top.path, err)
		}
		return nil
	}
	for _, p := range paths {
		f, err := top.root.OpenFile(p, unix.O_RDONLY|unix.O_NONBLOCK, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = errors.Join(f.Sync(), f.Close())
		}
		if err != nil {
			return pathError("sync", top.join(p), err)
		}
	}
	return nil
}
