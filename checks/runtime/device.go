package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/kernel"
	"stillsuit.dev/inventory"
)

// pluginSockets is where device plugins serve the kubelet. A pod that mounts it is one, and
// looks at device files to offer them to others.
const pluginSockets = "/var/lib/kubelet/device-plugins"

// devices reports files below /dev that a container mounts and cannot open.
func (c check) devices(container inventory.Container) {
	if c.isPlugin() {
		return
	}
	for i, m := range container.VolumeMounts {
		volume, _ := c.hostPath(m.Name)
		if volume == nil {
			continue
		}
		file := volume.Path
		if volume.Type != nil && *volume.Type == corev1.HostPathDirectory {
			file = strings.TrimSuffix(file, "/") + "/"
		}
		if _, below := kernel.Below(file); !below {
			continue
		}
		d := mount{check: c, container: container, file: kernel.Clean(file), at: container.Spot}
		kind, _ := kernel.KindOf(file)
		d.directory = kind == kernel.Directory
		d.at.Keys = append(slices.Clone(d.at.Keys), "volumeMounts", strconv.Itoa(i))
		if declared := c.declaration(container); declared != nil {
			if written, ok := writtenAs(declared, volume.Path); ok {
				d.at.Path, d.declared = append(slices.Clone(d.at.Path), "devices", written), true
			} else if c.workload().Volumes[m.Name] != nil {
				d.at.Path = []string{"volumes", m.Name, "hostPath"}
			}
		}
		if kernel.Opened(d.file) || d.privileged() || d.fromPlugin() {
			d.group()
		} else {
			d.closed()
		}
	}
}

// mount is a file below /dev in a container.
type mount struct {
	check
	container inventory.Container
	file      string
	directory bool
	declared  bool // among the devices of an app's container
	at        inventory.Spot
}

// isPlugin reports whether the pod is a device plugin.
func (c check) isPlugin() bool {
	return slices.ContainsFunc(c.pod.Spec.Volumes, func(v corev1.Volume) bool {
		return v.HostPath != nil && strings.HasPrefix(kernel.Clean(v.HostPath.Path), pluginSockets)
	})
}

func (d mount) privileged() bool {
	sc := d.container.SecurityContext
	return sc != nil && sc.Privileged != nil && *sc.Privileged
}

// fromPlugin reports whether something else may open devices to the container: a device
// plugin whose resource it requests, a claim of dynamic resource allocation, or annotations
// that name devices to the runtime (CDI; the device injector of NRI).
func (d mount) fromPlugin() bool {
	for _, list := range []corev1.ResourceList{d.container.Resources.Limits, d.container.Resources.Requests} {
		for name := range list {
			if domain, _, is := strings.Cut(string(name), "/"); is && domain != "kubernetes.io" {
				return true
			}
		}
	}
	for name := range d.pod.Annotations {
		if strings.HasPrefix(name, "cdi.k8s.io/") || strings.HasPrefix(name, "devices.nri.io/") || strings.HasPrefix(name, "devices.noderesource.dev/") {
			return true
		}
	}
	return len(d.container.Resources.Claims) > 0
}

// who is the container in a sentence.
func (d mount) who() string {
	return fmt.Sprintf("container %s of %s", d.container.Name, d.pod.DisplayName())
}

// closed reports a file that the container's cgroup keeps closed.
func (d mount) closed() {
	if class := d.pod.Spec.RuntimeClassName; class != nil && *class != "" {
		d.Note(d.at, "runtime/device-closed", fmt.Sprintf("cannot tell whether runtime class %s opens %s to %s", *class, d.file, d.who()),
			"", "see the documentation of the runtime; runc opens it to privileged containers only")
		return
	}
	fix := `request it from a device plugin or set privileged: true`
	if d.workload() != nil {
		fix = `request it from a device plugin with extended: "…": 1 or add exempt: privileged: "…"`
	}
	group, known := kernel.GroupOf(d.file)
	if known && d.outside() {
		fix += ", and " + d.join(group)
	}
	if d.directory {
		report := d.Warn
		if d.declared {
			report = d.Error
		}
		report(d.at, "runtime/device-closed", fmt.Sprintf("%s can list %s, and open none of the device files in it, because it is not privileged", d.who(), d.file), "", fix)
		return
	}
	d.Error(d.at, "runtime/device-closed", fmt.Sprintf("%s cannot open %s, because it is not privileged", d.who(), d.file), "", fix)
}

// group reports a file whose group the processes are not in.
func (d mount) group() {
	if !d.outside() {
		return
	}
	as := "as a user other than root"
	if user := d.user(); user != nil {
		as = fmt.Sprintf("as user %d", *user)
	}
	files := d.file + " belongs"
	if d.directory {
		files = "what is in " + d.file + " belongs"
	}
	if group, known := kernel.GroupOf(d.file); known {
		d.Warn(d.at, "runtime/device-group", fmt.Sprintf("%s to root and group %s, and %s runs %s", files, group.Name, d.who(), as), "", d.join(group))
	} else if kernel.RootOnly(d.file) {
		d.Note(d.at, "runtime/device-group", fmt.Sprintf("%s to root alone unless a rule of udev on the node names a group, and %s runs %s", files, d.who(), as),
			"", "run it as user 0, or write such a rule and add the group")
	}
}

// user is the number that processes run as; nil when the image decides.
func (d mount) user() *int64 {
	var user *int64
	if pod := d.pod.Spec.SecurityContext; pod != nil {
		user = pod.RunAsUser
	}
	if sc := d.container.SecurityContext; sc != nil {
		user = cmp.Or(sc.RunAsUser, user)
	}
	return user
}

// outside reports whether processes run as another user than root and in no group but their
// own. A user of whom nothing is said may be root, and its image may name groups.
func (d mount) outside() bool {
	user, pod := d.user(), d.pod.Spec.SecurityContext
	if pod == nil {
		pod = &corev1.PodSecurityContext{}
	}
	sc := d.container.SecurityContext
	if sc == nil {
		sc = &corev1.SecurityContext{}
	}
	if nonRoot := cmp.Or(sc.RunAsNonRoot, pod.RunAsNonRoot); user == nil && (nonRoot == nil || !*nonRoot) || user != nil && *user == 0 {
		return false
	}
	own := func(g int64) bool { return g == 0 || user != nil && g == *user }
	for _, g := range []*int64{pod.FSGroup, cmp.Or(sc.RunAsGroup, pod.RunAsGroup)} {
		if g != nil && !own(*g) {
			return false
		}
	}
	return !slices.ContainsFunc(pod.SupplementalGroups, func(g int64) bool { return !own(g) })
}

// join says how processes get into a group.
func (d mount) join(g kernel.Group) string {
	field := "securityContext: supplementalGroups"
	if d.workload() != nil {
		field = "groups"
	}
	if g.Number == 0 {
		return fmt.Sprintf("add %s: […] with the number that `getent group %s` prints on the node", field, g.Name)
	}
	return fmt.Sprintf("add %s: [%d] (%s on Debian; `getent group %s` on the node tells it)", field, g.Number, g.Name, g.Name)
}
