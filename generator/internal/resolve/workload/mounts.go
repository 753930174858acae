package workload

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// mounts are those of one container: the workload's in all of them, its own, its files,
// devices and scratch space; sorted by path, each path once. For the last two it has
// volumes.
func (r containers) mounts(w *scope.Workload, at model.Path, name string, c *model.Container, all, files []corev1.VolumeMount) ([]corev1.VolumeMount, []corev1.Volume) {
	out, volumes := r.devices(at, name, c)
	for _, m := range all {
		if _, elsewhere := c.Mounts[m.Name]; !elsewhere {
			out = append(out, m)
		}
	}
	for _, volume := range slices.Sorted(maps.Keys(c.Mounts)) {
		v := w.Declared.Volumes[volume]
		if v == nil {
			r.Error(at.Join("mounts", volume), "volume/unknown", fmt.Sprintf("container %s mounts volume %s", name, volume),
				finding.Has("the workload", "volume", slices.Sorted(maps.Keys(w.Declared.Volumes))), finding.DidYouMean(volume, slices.Sorted(maps.Keys(w.Declared.Volumes)), "declare it in volumes")).Like(volume, slices.Sorted(maps.Keys(w.Declared.Volumes)))
			continue
		}
		out = append(out, corev1.VolumeMount{Name: volume, MountPath: c.Mounts[volume], SubPath: v.SubPath, ReadOnly: v.ReadOnly})
	}
	out = append(out, files...)
	for _, dir := range slices.Sorted(maps.Keys(c.Scratch)) {
		volume, size := slug("scratch-"+name, dir), c.Scratch[dir]
		volumes = append(volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &size}}})
		out = append(out, corev1.VolumeMount{Name: volume, MountPath: dir})
	}
	slices.SortStableFunc(out, func(a, b corev1.VolumeMount) int { return cmp.Compare(a.MountPath, b.MountPath) })
	for i, m := range out {
		if !path.IsAbs(m.MountPath) || path.Clean(m.MountPath) != strings.TrimSuffix(m.MountPath, "/") {
			r.Error(mountedAt(w, at, c, m.Name), "volume/bad-path", fmt.Sprintf("container %s mounts something at %q", name, m.MountPath),
				"a path in a container starts with / and holds no . or ..", "write it out")
		}
		if i > 0 && out[i-1].MountPath == m.MountPath {
			r.Error(mountedAt(w, at, c, m.Name), "volume/same-path", fmt.Sprintf("container %s mounts %s at %s", name, m.Name, m.MountPath),
				fmt.Sprintf("volume %s is mounted there too", out[i-1].Name), "mount one of them elsewhere")
		}
	}
	return out, volumes
}

// mountedAt is where it is said that a container mounts a volume.
func mountedAt(w *scope.Workload, at model.Path, c *model.Container, volume string) model.Path {
	if _, own := c.Mounts[volume]; own {
		return at.Join("mounts", volume)
	}
	if w.Declared.Volumes[volume] != nil {
		return w.At.Join("volumes", volume, "mount")
	}
	return at
}
