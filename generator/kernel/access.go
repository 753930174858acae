package kernel

import "regexp"

// opened are the files that runc lets every container open, privileged or not
// (AllowedDevices in libcontainer/specconv/spec_linux.go; containerd's own rules deny all).
// tun was left out from runc 1.2.0 to 1.2.3, and is back since 1.2.4. What is mounted from
// shm, mqueue, hugepages and log are no devices.
var opened = regexp.MustCompile(`^(null|zero|full|random|urandom|tty|ptmx|pts|pts/[0-9]+|net|net/tun|shm|mqueue|hugepages|log)(/.*)?$`)

// Opened reports whether a container that is not privileged may open the file, or what is in
// the directory. The device rules of its cgroup decide that by the device's number, so that
// no user, group or capability helps where they deny it.
func Opened(file string) bool {
	name, below := Below(file)
	return !below || opened.MatchString(name)
}

// Group is one that the mode of device files lets read and write them, besides root.
type Group struct {
	// Name is the group's.
	Name string
	// Number is its number on Debian, Ubuntu and Raspberry Pi OS (base-passwd's
	// group.master); 0 where each node counts for itself.
	Number int64
}

// groups are those of systemd's rules.d/50-udev-default.rules, of what is open to others
// none: js* and rfkill may be read by all, tun, fuse and vsock written. For i2c, spi, gpio
// and the processor's own devices they are Raspberry Pi OS's (raspberrypi-sys-mods,
// 99-com.rules). Debian and Ubuntu build systemd with renderD* and kvm for their groups
// alone; upstream's default is everybody.
var groups = []struct {
	Group
	names *regexp.Regexp
}{
	{Group{"dialout", 20}, regexp.MustCompile(`^(tty[A-Z][A-Za-z]*[0-9]+|serial[0-9]+|serial(/by-[a-z]+(/.*)?)?|rfcomm[0-9]+)$`)},
	{Group{"video", 44}, regexp.MustCompile(`^((video|media|cec|fb|v4l-subdev)[0-9]+|v4l(/by-[a-z]+(/.*)?)?|dri/card[0-9]+|dri/by-path/.*-card|dvb(/adapter[0-9]+(/.*)?)?|vchiq|vcio|dma_heap(/.*)?)$`)},
	{Group{"render", 0}, regexp.MustCompile(`^(dri|dri/renderD[0-9]+|dri/by-path/.*-render|kfd)$`)},
	{Group{"audio", 29}, regexp.MustCompile(`^snd(/.*)?$`)},
	{Group{"input", 0}, regexp.MustCompile(`^input(/(event|mouse|mice).*|/by-[a-z]+(/.*)?)?$`)},
	{Group{"cdrom", 24}, regexp.MustCompile(`^sr[0-9]+$`)},
	{Group{"lp", 7}, regexp.MustCompile(`^lp[0-9]+$`)},
	{Group{"kvm", 0}, regexp.MustCompile(`^(kvm|vhost-net|vhost-vsock)$`)},
	{Group{"i2c", 0}, regexp.MustCompile(`^i2c-[0-9]+$`)},
	{Group{"spi", 0}, regexp.MustCompile(`^spidev[0-9.]+$`)},
	{Group{"gpio", 0}, regexp.MustCompile(`^(gpiochip[0-9]+|gpiomem[0-9]*)$`)},
}

// GroupOf is the group that may open the file besides root, or the files in the directory,
// and whether it is known. Block devices are the group disk's.
func GroupOf(file string) (Group, bool) {
	name, below := Below(file)
	if !below {
		return Group{}, false
	}
	for _, g := range groups {
		if g.names.MatchString(name) {
			return g.Group, true
		}
	}
	if kind, _ := KindOf(file); kind == BlockDevice || disks.MatchString(name) {
		return Group{"disk", 6}, true
	}
	return Group{}, false
}

// disks are names of the group disk that are no block devices.
var disks = regexp.MustCompile(`^(loop-control|btrfs-control|mapper|block|md|disk(/by-[a-z-]+)?)$`)

// roots are files that systemd's rules leave to root: others may read some, and write none,
// unless a rule of their own on the node names a group.
var roots = regexp.MustCompile(`^(bus/usb(/[0-9]{3}(/[0-9]{3})?)?|hidraw[0-9]+|uinput|tpm[0-9]+)$`)

// RootOnly reports whether the file, or what is in the directory, is root's alone unless the
// node has a rule of its own.
func RootOnly(file string) bool {
	name, below := Below(file)
	return below && roots.MatchString(name)
}
