//go:build !linux

package rig

import "syscall"

// endWithParent keeps children in the rig's own process group, so that an
// interrupt from the keyboard ends them too.
func endWithParent() *syscall.SysProcAttr { return nil }
