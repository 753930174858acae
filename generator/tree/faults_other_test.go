//go:build !linux

package tree

import (
	"errors"
	"os"
	"testing"
	"time"
)

func asUser(t *testing.T, _ string, f func()) {
	t.Helper()
	if os.Getuid() == 0 {
		t.Skip("permissions do not bind root; TestDiskFaults has the same fault")
	}
	f()
}

func fullDisk(string) error { return errors.New("Linux only") }

// accessed is not to be had portably.
func accessed(*testing.T, string) time.Time { return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }
