package tree

import (
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// The swaps of TestSwappedForALink as a real race: at least 1 000 by another
// thread, for as long as 300 writes take. The kernel exchanges directory and
// link in one step, so that neither is ever missing.
func TestRacingSwaps(t *testing.T) {
	repo, changed := prepareOutside(t)
	root := openRoot(t, repo)
	must(t, quick(nil), root, versions()[0], nil)
	all := swaps()[:5] // those that are there all the time
	for i, s := range all {
		require.NoError(t, os.Symlink(s.target(repo), filepath.Join(repo, "link"+strconv.Itoa(i))))
	}
	var done atomic.Bool
	end := make(chan int)
	go func() {
		n := 0
		for ; !done.Load() || n < 1000; n++ {
			i := n % len(all)
			link, full := filepath.Join(repo, "link"+strconv.Itoa(i)), filepath.Join(repo, all[i].path)
			for range 2 { // there and back
				if err := unix.Renameat2(unix.AT_FDCWD, link, unix.AT_FDCWD, full, unix.RENAME_EXCHANGE); err != nil {
					t.Errorf("exchange %s: %v", all[i].path, err)
				}
			}
		}
		end <- n
	}()
	written := 0
	for i := range 300 {
		if _, fs, err := quick(nil).write(root, versions()[i%2], nil); err == nil && len(fs) == 0 {
			written++
		}
	}
	done.Store(true)
	swapped := <-end
	require.GreaterOrEqual(t, swapped, 1000)
	require.Empty(t, changed())
	must(t, quick(nil), root, versions()[0], nil)
	t.Logf("%d swaps, %d of 300 writes went through", swapped, written)
}
