package kernel_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/kernel"
)

func Example() {
	kind, _ := kernel.KindOf("/dev/bus/usb")
	group, _ := kernel.GroupOf("/dev/ttyUSB0")
	fmt.Println(kind, kernel.Opened("/dev/ttyUSB0"), group.Name)
	// Output: a directory false dialout
}

// TestKindOf has the names that small clusters use, and some near them.
func TestKindOf(t *testing.T) {
	for file, want := range map[string]kernel.Kind{
		"/dev": kernel.Directory, "/dev/": kernel.Directory, "/dev/bus/usb": kernel.Directory, "/dev/bus/usb/": kernel.Directory, "/dev/bus/usb/001": kernel.Directory,
		"/dev/dri": kernel.Directory, "/dev/snd": kernel.Directory, "/dev/input": kernel.Directory, "/dev/serial": kernel.Directory, "/dev/serial/by-id": kernel.Directory,
		"/dev/dvb/adapter0": kernel.Directory, "/dev/disk/by-id": kernel.Directory, "/dev/mapper": kernel.Directory, "/dev/vfio": kernel.Directory, "/dev/net": kernel.Directory,
		"/dev/attic/": kernel.Directory, "/dev//dri": kernel.Directory, "/dev/./snd": kernel.Directory,
		"/dev/bus/usb/001/004": kernel.CharDevice, "/dev/dri/renderD128": kernel.CharDevice, "/dev/dri/card0": kernel.CharDevice, "/dev/snd/controlC0": kernel.CharDevice,
		"/dev/input/event3": kernel.CharDevice, "/dev/ttyUSB0": kernel.CharDevice, "/dev/ttyACM0": kernel.CharDevice, "/dev/ttyAMA0": kernel.CharDevice, "/dev/tty1": kernel.CharDevice,
		"/dev/serial/by-id/usb-ITead_Sonoff_Zigbee_3.0_USB_Dongle_Plus-if00-port0": kernel.CharDevice, "/dev/serial0": kernel.CharDevice,
		"/dev/net/tun": kernel.CharDevice, "/dev/fuse": kernel.CharDevice, "/dev/kvm": kernel.CharDevice, "/dev/video0": kernel.CharDevice, "/dev/apex_0": kernel.CharDevice,
		"/dev/i2c-1": kernel.CharDevice, "/dev/spidev0.0": kernel.CharDevice, "/dev/gpiomem": kernel.CharDevice, "/dev/gpiochip0": kernel.CharDevice,
		"/dev/hidraw0": kernel.CharDevice, "/dev/nvidia0": kernel.CharDevice, "/dev/nvidiactl": kernel.CharDevice, "/dev/nvme0": kernel.CharDevice, "/dev/mapper/control": kernel.CharDevice,
		"/dev/sda": kernel.BlockDevice, "/dev/sda1": kernel.BlockDevice, "/dev/sdaa": kernel.BlockDevice, "/dev/nvme0n1": kernel.BlockDevice, "/dev/nvme0n1p2": kernel.BlockDevice,
		"/dev/mmcblk0": kernel.BlockDevice, "/dev/mmcblk0p1": kernel.BlockDevice, "/dev/dm-0": kernel.BlockDevice, "/dev/mapper/vg-lv": kernel.BlockDevice,
		"/dev/disk/by-id/ata-X": kernel.BlockDevice, "/dev/sr0": kernel.BlockDevice, "/dev/loop0": kernel.BlockDevice, "/dev/md0": kernel.BlockDevice,
		"/dev/log": kernel.Socket, "/dev/net/tun/": kernel.CharDevice,
	} {
		kind, known := kernel.KindOf(file)
		require.True(t, known, file)
		require.Equal(t, want, kind, file)
	}
	for _, file := range []string{"/dev/attic", "/dev/vg0/lv", "/device/sda", "/mnt/dev/sda", "/dev/../etc", "dev/sda", ""} {
		_, known := kernel.KindOf(file)
		require.False(t, known, file)
	}
}

func TestOpened(t *testing.T) {
	for _, file := range []string{"/dev/null", "/dev/net/tun", "/dev/net", "/dev/shm", "/dev/shm/x", "/dev/urandom", "/dev/pts/0", "/etc/hosts", "/dev/log"} {
		require.True(t, kernel.Opened(file), file)
	}
	for _, file := range []string{"/dev", "/dev/dri", "/dev/dri/renderD128", "/dev/fuse", "/dev/kvm", "/dev/kmsg", "/dev/ttyUSB0", "/dev/tty0", "/dev/console", "/dev/sda", "/dev/nullx"} {
		require.False(t, kernel.Opened(file), file)
	}
}

func TestGroupOf(t *testing.T) {
	for file, want := range map[string]string{
		"/dev/ttyUSB0": "dialout", "/dev/ttyACM1": "dialout", "/dev/ttyS0": "dialout", "/dev/serial/by-id/usb-X": "dialout",
		"/dev/dri/renderD128": "render", "/dev/dri/card0": "video", "/dev/video0": "video", "/dev/snd": "audio", "/dev/snd/pcmC0D0p": "audio",
		"/dev/input/event0": "input", "/dev/sda": "disk", "/dev/sr0": "cdrom", "/dev/i2c-1": "i2c", "/dev/spidev0.0": "spi", "/dev/gpiomem": "gpio", "/dev/kvm": "kvm",
		"/dev/dri": "render", "/dev/serial": "dialout", "/dev/serial/by-id": "dialout", "/dev/input": "input", "/dev/v4l/by-id": "video", "/dev/dvb/adapter0": "video", "/dev/disk/by-id": "disk", "/dev/mapper": "disk",
	} {
		group, known := kernel.GroupOf(file)
		require.True(t, known, file)
		require.Equal(t, want, group.Name, file)
	}
	for _, file := range []string{"/dev/tty1", "/dev/fuse", "/dev/net/tun", "/dev/bus/usb", "/dev/hidraw0", "/dev/input/js0", "/dev/attic", "/etc/ttyUSB0"} {
		_, known := kernel.GroupOf(file)
		require.False(t, known, file)
	}
}

func TestRootOnly(t *testing.T) {
	for _, file := range []string{"/dev/bus/usb", "/dev/bus/usb/", "/dev/bus/usb/001/004", "/dev/hidraw0"} {
		require.True(t, kernel.RootOnly(file), file)
	}
	for _, file := range []string{"/dev/bus", "/dev/ttyUSB0", "/dev/fuse", "/bus/usb", "/dev/dri"} {
		require.False(t, kernel.RootOnly(file), file)
	}
}

func TestCapabilities(t *testing.T) {
	require.Len(t, kernel.Capabilities(), 41) // CAP_LAST_CAP is 40
	require.Equal(t, "NET_ADMIN", kernel.Capability("cap_net_admin"))
	require.Equal(t, "SYSNICE", kernel.Capability("SYSNICE"))
}
