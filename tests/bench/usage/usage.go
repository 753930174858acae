//go:build unix

// Package usage tells what the process has used of the machine.
package usage

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"time"
)

// CPU is the time that all threads of the process have used so far, user and
// system.
func CPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("read resource usage: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// Peak is the most memory that was resident, in bytes. Linux's ru_maxrss
// starts at that of the process that started this one, so /proc comes first.
func Peak() (int64, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err == nil {
		_, rest, found := bytes.Cut(b, []byte("VmHWM:"))
		var kib int64
		if _, err := fmt.Sscanf(string(rest), "%d kB", &kib); !found || err != nil {
			return 0, errors.New("read /proc/self/status: no VmHWM")
		}
		return kib << 10, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("read resource usage: %w", err)
	}
	if runtime.GOOS == "darwin" { // bytes there, KiB elsewhere
		return u.Maxrss, nil
	}
	return u.Maxrss << 10, nil
}
