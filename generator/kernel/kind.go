package kernel

import (
	"path"
	"regexp"
	"strings"
)

// Kind is what a file is, as the type of a hostPath volume says it.
type Kind string

// The kinds of files below /dev.
const (
	Directory   Kind = "Directory"
	CharDevice  Kind = "CharDevice"
	BlockDevice Kind = "BlockDevice"
	Socket      Kind = "Socket"
)

// String is the kind in a sentence.
func (k Kind) String() string {
	switch k {
	case Directory:
		return "a directory"
	case CharDevice:
		return "a character device"
	case BlockDevice:
		return "a block device"
	case Socket:
		return "a socket"
	}
	return "a file"
}

// names are those of one kind, below /dev. The kernel's are in its
// Documentation/admin-guide/devices.txt; the links by-id, by-path and the like are made by
// systemd's rules.d/60-*.rules, and lead to what their directory is about.
type names struct {
	kind  Kind
	names *regexp.Regexp
}

// kinds are asked in their order: the first that has a name decides.
var kinds = []names{
	{Directory, regexp.MustCompile(`^(` + strings.Join([]string{
		`block`, `char`, `bsg`, `bus`, `bus/usb`, `bus/usb/[0-9]{3}`, `cpu`, `cpu/[0-9]+`, `disk`, `disk/by-[a-z-]+`, `dma_heap`,
		`dri`, `dri/by-path`, `dvb`, `dvb/adapter[0-9]+`, `hugepages`, `infiniband`, `input`, `input/by-id`, `input/by-path`,
		`mapper`, `md`, `mqueue`, `net`, `pts`, `serial`, `serial/by-id`, `serial/by-path`, `shm`, `snd`, `snd/by-id`, `snd/by-path`,
		`v4l`, `v4l/by-id`, `v4l/by-path`, `vfio`,
	}, `|`) + `)$`)},
	{Socket, regexp.MustCompile(`^log$`)},
	{CharDevice, regexp.MustCompile(`^(mapper/control|mmcblk[0-9]+rpmb|loop-control|nvme[0-9]+)$`)},
	{BlockDevice, regexp.MustCompile(`^(` + strings.Join([]string{
		`(s|h|v|xv)d[a-z]{1,2}[0-9]*`, `nvme[0-9]+n[0-9]+(p[0-9]+)?`, `mmcblk[0-9]+((p|boot)[0-9]+)?`, `(loop|dm-|md|sr|ram|zram|zd|nbd|rbd|drbd|bcache)[0-9]+(p[0-9]+)?`,
		`(block|mapper|md)/[^/]+`, `disk/by-[a-z-]+/[^/]+`,
	}, `|`) + `)$`)},
	{CharDevice, regexp.MustCompile(`^(` + strings.Join([]string{
		`tty([A-Za-z]*[0-9]+)?`, `(console|ptmx|null|zero|full|random|urandom|kmsg|mem|port|fuse|kvm|tun|kfd|rfkill|uinput|watchdog[0-9]*|hwrng|vchiq|vcio|gpiomem[0-9]*)`,
		`serial[0-9]+`, `serial/by-[a-z]+/[^/]+`, `net/tun`, `bus/usb/[0-9]{3}/[0-9]{3}`, `dri/(card|renderD)[0-9]+`, `dri/by-path/[^/]+`, `snd/[^/]+`, `input/[^/]+`, `input/by-[a-z]+/[^/]+`,
		`(video|media|cec|fb|hidraw|i2c-|spidev|gpiochip|lp|js|apex_|tpm|tpmrm|rtc|sg|v4l-subdev|rfcomm)[0-9.]+`, `v4l/by-[a-z]+/[^/]+`, `dvb/adapter[0-9]+/[^/]+`, `nvidia[a-z0-9-]*`, `vfio/[^/]+`, `dma_heap/[^/]+`, `char/[^/]+`,
	}, `|`) + `)$`)},
}

// Below is the name of a path below /dev, of /dev itself ".", and whether it is there.
func Below(file string) (string, bool) {
	file = path.Clean(file)
	if file == "/dev" {
		return ".", true
	}
	return strings.CutPrefix(file, "/dev/")
}

// Clean is the path without a slash at its end, which says that it is a directory.
func Clean(file string) string { return path.Clean(file) }

// KindOf is the kind of the file at a path, and whether that is known: the tables have its
// name, or a slash at its end says that it is a directory.
func KindOf(file string) (Kind, bool) {
	name, below := Below(file)
	switch {
	case !below:
		return "", false
	case name == ".":
		return Directory, true
	}
	for _, n := range kinds {
		if n.names.MatchString(name) {
			return n.kind, true
		}
	}
	if strings.HasSuffix(file, "/") {
		return Directory, true
	}
	return "", false
}
