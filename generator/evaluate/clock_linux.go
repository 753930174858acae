package evaluate

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuClock is the CPU time of a thread.
type cpuClock struct {
	id    int32
	start time.Duration
}

// startClock starts the clock of the calling thread.
func startClock() *cpuClock {
	// CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED beside the thread's inverted number:
	// include/linux/posix-timers_types.h, stable since Linux 2.6.12.
	c := &cpuClock{id: int32(^unix.Gettid())<<3 | 6} //nolint:gosec // a thread's number is below 2^22
	c.start = c.read()
	return c
}

// read returns the CPU time since the clock was started; any thread may ask.
func (c *cpuClock) read() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(c.id, &t); err != nil {
		return 0 // the thread is gone, and so takes nothing
	}
	return time.Duration(t.Nano()) - c.start
}
