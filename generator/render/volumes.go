package render

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// volumes adds the workload's volumes to the pod, and their claims to the unit.
func (p *pod) volumes() {
	p.mounted = map[string][]corev1.VolumeMount{}
	for _, name := range sorted(p.w.Volumes) {
		v := p.w.Volumes[name]
		at := p.w.at.Join("volumes", name)
		source, ok := p.volumeSource(at, name, v)
		if !ok {
			continue
		}
		if !p.templated(v) {
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: source})
		}
		if v.Backup && v.Size == nil && v.Claim == "" && v.Existing == "" {
			p.Error(at.Join("backup"), "volume/backup", "volume "+name+" is to be backed up", "it is no claim, so it does not outlive its pod", "remove backup, or give it a size")
		}
		if v.Backup {
			p.checkStored(at.Join("backup"), "volume "+name, p.w.app.Namespace)
		}
		if p.backsUp(v.Claim) || v.Backup {
			p.backup = append(p.backup, name)
		}
		if v.Mount == "" {
			continue
		}
		for c := range p.w.Containers {
			p.mounted[c] = append(p.mounted[c], corev1.VolumeMount{Name: name, MountPath: v.Mount, SubPath: v.SubPath, ReadOnly: v.ReadOnly})
		}
	}
}

// backsUp reports whether the pod is the first that mounts a shared claim which
// is to be backed up: one copy is enough.
func (p *pod) backsUp(claim string) bool {
	ns := p.d.Namespaces[p.w.app.Namespace]
	if claim == "" || ns == nil || ns.Claims[claim] == nil || !ns.Claims[claim].Backup {
		return false
	}
	key := p.w.app.Namespace + "/" + claim
	first := !p.backedUp[key]
	p.backedUp[key] = true
	return first
}

// templated reports whether a StatefulSet makes the volume's claims itself, one a pod.
func (p *pod) templated(v *model.Volume) bool {
	return v.Size != nil && p.w.kind() == "StatefulSet" && p.w.replicas() > 1
}

func (p *pod) volumeSource(at model.Path, name string, v *model.Volume) (corev1.VolumeSource, bool) {
	var forms []string
	for form, said := range map[string]bool{
		"size": v.Size != nil, "claim": v.Claim != "", "existing": v.Existing != "", "memory": v.Memory != nil,
		"scratch": v.Scratch != nil, "nfs": v.NFS != "", "hostPath": v.HostPath != nil,
	} {
		if said {
			forms = append(forms, form)
		}
	}
	if len(forms) != 1 {
		fact := fmt.Sprintf("volume %s says %s", name, all(forms))
		mend := "keep one"
		if len(forms) == 0 {
			fact, mend = fmt.Sprintf("volume %s does not say what it is", name), `add one of them, such as size: "1Gi"`
		}
		p.Error(at, "volume/form", fact,
			"a volume is exactly one of size, claim, existing, memory, scratch, nfs or hostPath", mend)
		return corev1.VolumeSource{}, false
	}
	switch {
	case v.Size != nil:
		return p.ownClaim(at, name, v), true
	case v.Claim != "":
		return p.sharedClaim(at, v)
	case v.Existing != "":
		return claimSource(v.Existing), true
	case v.Memory != nil:
		return corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: v.Memory}}, true
	case v.Scratch != nil:
		return corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: v.Scratch}}, true
	case v.NFS != "":
		server, export, _ := strings.Cut(v.NFS, ":")
		p.needs(p.w, baseline, at.Join("nfs"), "an NFS volume")
		return corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{Server: server, Path: export, ReadOnly: v.ReadOnly}}, true
	}
	if v.HostPath.Path == "" || v.HostPath.Reason == "" {
		lacks := "reason"
		if v.HostPath.Path == "" {
			lacks = "path"
		}
		p.Error(at.Join("hostPath"), "app/missing-field", fmt.Sprintf("the hostPath of volume %s has no %s", name, lacks),
			"a pod that sees its node's files is past all other isolation, and so it takes both", fmt.Sprintf(`add %s: "…"`, lacks))
		return corev1.VolumeSource{}, false
	}
	p.exempt = append(p.exempt, fmt.Sprintf("volume %s hostPath %s: %s", name, v.HostPath.Path, v.HostPath.Reason))
	p.needs(p.w, privileged, at.Join("hostPath"), "a path of the node")
	kind := corev1.HostPathType(cmp.Or(v.HostPath.Type, "Directory"))
	return corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: v.HostPath.Path, Type: &kind}}, true
}

func claimSource(name string) corev1.VolumeSource {
	return corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}
}

// ownClaim puts the volume's claim into the app's unit.
func (p *pod) ownClaim(at model.Path, name string, v *model.Volume) corev1.VolumeSource {
	p.checkClass(at.Join("class"), v.Class)
	full := p.w.full + "-" + name
	if p.templated(v) {
		return corev1.VolumeSource{}
	}
	single := v.Access == "" || strings.HasPrefix(v.Access, "ReadWriteOnce")
	if kind := p.w.kind(); single && (kind == "DaemonSet" || kind == "Deployment" && p.w.replicas() > 1) {
		p.Error(at, "volume/single-writer", fmt.Sprintf("the pods of %s share the claim of volume %s", p.w.full, name),
			"only one node at a time can mount it", `run one replica, take kind: "StatefulSet", or a class with access: "ReadWriteMany"`)
	}
	unit := p.appUnit(p.w.appName)
	if !p.w.runs() && p.waits(v.Class) {
		p.lazy[unit.Name] = true
	}
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: meta(p.w, full), Spec: claimSpec(p.claimOf(&model.Claim{Size: v.Size, Class: v.Class, Access: v.Access}))}
	claim.Annotations = neverPruned()
	p.add(unit, kindClaim, claim, at)
	return claimSource(full)
}

func (p *pod) sharedClaim(at model.Path, v *model.Volume) (corev1.VolumeSource, bool) {
	ns := p.w.app.Namespace
	var known []string
	if n := p.d.Namespaces[ns]; n != nil {
		known = sorted(n.Claims)
	}
	if !slices.Contains(known, v.Claim) {
		p.Error(at.Join("claim"), "volume/unknown-claim", fmt.Sprintf("the volume is the shared claim %s", v.Claim),
			has("namespace "+ns, "shared claim", known),
			didYouMean(v.Claim, known, fmt.Sprintf(`declare namespaces: %s: claims: %s: size: "…", or write existing: %q for one that is made elsewhere`, ns, v.Claim, v.Claim)))
		return corev1.VolumeSource{}, false
	}
	return claimSource(v.Claim), true
}

// mounts are those of one container: the workload's for main containers, its
// own, its files, devices and scratch space; sorted by path, each path once.
func (p *pod) mounts(at model.Path, field, name string, c *model.Container) []corev1.VolumeMount {
	var out []corev1.VolumeMount
	if field == "containers" {
		for _, m := range p.mounted[name] {
			if _, elsewhere := c.Mounts[m.Name]; !elsewhere {
				out = append(out, m)
			}
		}
	}
	for _, volume := range sorted(c.Mounts) {
		v := p.w.Volumes[volume]
		if v == nil {
			p.Error(at.Join("mounts", volume), "volume/unknown", fmt.Sprintf("container %s mounts volume %s", name, volume),
				has(p.w.full, "volume", sorted(p.w.Volumes)), didYouMean(volume, sorted(p.w.Volumes), "declare it in volumes"))
			continue
		}
		out = append(out, corev1.VolumeMount{Name: volume, MountPath: c.Mounts[volume], SubPath: v.SubPath, ReadOnly: v.ReadOnly})
	}
	out = append(out, p.own[field+"/"+name]...)
	for _, device := range sorted(c.Devices) {
		volume := p.slug("device", device)
		p.volume(corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: device, Type: ptr(corev1.HostPathCharDev)}}})
		out = append(out, corev1.VolumeMount{Name: volume, MountPath: device})
	}
	for _, dir := range sorted(c.Scratch) {
		volume, size := p.slug("scratch-"+name, dir), c.Scratch[dir]
		p.volume(corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &size}}})
		out = append(out, corev1.VolumeMount{Name: volume, MountPath: dir})
	}
	slices.SortStableFunc(out, func(a, b corev1.VolumeMount) int { return compare(a.MountPath, b.MountPath) })
	for i, m := range out {
		if !path.IsAbs(m.MountPath) || path.Clean(m.MountPath) != strings.TrimSuffix(m.MountPath, "/") {
			p.Error(p.mountedAt(at, c, m.Name), "volume/bad-path", fmt.Sprintf("container %s mounts something at %q", name, m.MountPath),
				"a path in a container starts with / and holds no . or ..", "write it out")
		}
		if i > 0 && out[i-1].MountPath == m.MountPath {
			p.Error(p.mountedAt(at, c, m.Name), "volume/same-path", fmt.Sprintf("container %s mounts %s at %s", name, m.Name, m.MountPath),
				fmt.Sprintf("%s is mounted there too", out[i-1].Name), "mount one of them elsewhere")
		}
	}
	return out
}

// mountedAt is where it is said that a container mounts a volume.
func (p *pod) mountedAt(at model.Path, c *model.Container, volume string) model.Path {
	if _, own := c.Mounts[volume]; own {
		return at.Join("mounts", volume)
	}
	if p.w.Volumes[volume] != nil {
		return p.w.at.Join("volumes", volume, "mount")
	}
	return at
}

// volume adds a volume once.
func (p *pod) volume(v corev1.Volume) {
	if !slices.ContainsFunc(p.Spec.Volumes, func(o corev1.Volume) bool { return o.Name == v.Name }) {
		p.Spec.Volumes = append(p.Spec.Volumes, v)
	}
}

// slug makes a volume name of at most 63 characters from a path.
func (p *pod) slug(prefix, dir string) string {
	s := strings.Trim(strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			return c
		case c >= 'A' && c <= 'Z':
			return c - 'A' + 'a'
		}
		return '-'
	}, dir), "-")
	if name := prefix + "-" + s; len(name) <= 63 && strings.ReplaceAll(s, "-", "/") == strings.Trim(dir, "/") {
		return name
	}
	return fmt.Sprintf("%.40s-%s", prefix, shortHash([]byte(dir)))
}

// claimTemplates are the claims that a StatefulSet with several pods makes.
func (r *renderer) claimTemplates(w *workload) []corev1.PersistentVolumeClaim {
	var out []corev1.PersistentVolumeClaim
	for _, name := range sorted(w.Volumes) {
		if v := w.Volumes[name]; v.Size != nil && w.kind() == "StatefulSet" && w.replicas() > 1 {
			claim := corev1.PersistentVolumeClaim{
				ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels(w.appName, w.name)},
				Spec:       claimSpec(r.claimOf(&model.Claim{Size: v.Size, Class: v.Class, Access: v.Access})),
			}
			out = append(out, claim)
		}
	}
	return out
}
