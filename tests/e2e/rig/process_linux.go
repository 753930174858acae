package rig

import "syscall"

// endWithParent lets the kernel end a child when the rig ends, however it ends.
// The child has a group of its own, so that an interrupt from the keyboard
// reaches the rig first.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
