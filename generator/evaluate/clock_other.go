//go:build unix && !linux

package evaluate

import (
	"syscall"
	"time"
)

// cpuClock is the CPU time of the process: other systems do not tell of a thread.
type cpuClock struct{ start time.Duration }

// startClock starts the clock.
func startClock() *cpuClock {
	c := &cpuClock{}
	c.start = c.read()
	return c
}

// read returns the CPU time since the clock was started.
func (c *cpuClock) read() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano()+u.Stime.Nano()) - c.start
}
