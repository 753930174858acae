package tree

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// asUser runs f as a user whom permissions bind, with dir as its own.
func asUser(t *testing.T, dir string, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		f()
		return
	}
	const nobody = 65534
	require.NoError(t, os.Chown(dir, nobody, nobody))
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The thread ends with this goroutine: nobody else gets its identity.
		runtime.LockOSThread()
		if err := unix.Setfsuid(nobody); err != nil {
			t.Errorf("setfsuid: %v", err)
			return
		}
		f()
	}()
	<-done
}

// A real disk without space: a small memory file system in a namespace of its
// own, at 50 sizes.
func TestFullDisk(t *testing.T) {
	cmd := child(t, "full disk", t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || strings.Contains(string(out), errNoMount.Error()) {
		t.Skip("no mount namespace here; TestDiskFaults has the same faults without a kernel")
	}
	require.NoError(t, err, string(out))
	require.Equal(t, "50 refused, 0 wrong", strings.TrimSpace(string(out)))
}

var errNoMount = errors.New("cannot mount here")

// fullDisk is the other process of TestFullDisk.
func fullDisk(dir string) error {
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return errors.Join(errNoMount, err)
	}
	refused, wrong := 0, 0
	for pages := 0; refused < 50; pages++ {
		ok, err := fullDiskOf(dir, 20+pages)
		switch {
		case err != nil:
			return err
		case ok == "refused":
			refused++
		default:
			wrong++
			fmt.Println(pages, ok)
		}
		if pages > 60 {
			break
		}
	}
	fmt.Printf("%d refused, %d wrong\n", refused, wrong)
	return nil
}

// fullDiskOf writes onto a disk of so many pages what cannot fit.
func fullDiskOf(dir string, pages int) (string, error) {
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+strconv.Itoa(pages*os.Getpagesize())); err != nil {
		return "", errors.Join(errNoMount, err)
	}
	defer func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()
	old, next := bigTree(1, "one"), bigTree(12, "two")
	if _, fs, err := Write(root, old, nil); err != nil || len(fs) > 0 {
		return "", errors.Join(err, errors.New("the old tree does not fit"))
	}
	_, _, err = Write(root, next, nil)
	if !errors.Is(err, unix.ENOSPC) {
		return fmt.Sprint("no error: ", err), nil
	}
	if !strings.Contains(err.Error(), stateDir+"/") {
		return "path not named: " + err.Error(), nil
	}
	if fs, err := Verify(root, old); err != nil || len(fs) > 0 {
		return fmt.Sprint("old tree not intact: ", fs, err), nil
	}
	entries, err := os.ReadDir(filepath.Join(dir, stateDir))
	if err != nil || len(entries) != 2 {
		return fmt.Sprint("left ", entries, err), nil
	}
	return "refused", nil
}

// accessed returns when a file was read last.
func accessed(t *testing.T, p string) time.Time {
	t.Helper()
	var st unix.Stat_t
	require.NoError(t, unix.Stat(p, &st))
	return time.Unix(st.Atim.Unix())
}
