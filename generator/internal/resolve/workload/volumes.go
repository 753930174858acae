package workload

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/kernel"
	"stillsuit.dev/generator/model"
)

// Pods resolves the pods of workloads.
type Pods struct {
	*scope.Scope
	backedUp map[string]bool // shared claims that some pod backs up
}

// NewPods resolves the pods of a cluster.
func NewPods(s *scope.Scope) Pods { return Pods{s, map[string]bool{}} }

// volumes are those that a workload declares.
type volumes struct {
	list   []corev1.Volume
	mounts []corev1.VolumeMount // in every main container
	Claims []ownClaim           // one for all pods
	PerPod []ownClaim           // a StatefulSet makes one for each of its pods
	Shares []Share              // exports that are mounted with options
	Backup []string             // those whose files Velero backs up
	exempt []string
	Lazy   bool // some claim waits for a pod, and none is started
}

// ownClaim is the claim of a volume of one workload.
type ownClaim struct {
	Claim
	Name string
	At   model.Path
}

// volumes resolves the volumes of a workload.
func (r Pods) volumes(w *scope.Workload) volumes {
	var out volumes
	for _, name := range slices.Sorted(maps.Keys(w.Declared.Volumes)) {
		v := w.Declared.Volumes[name]
		at := w.At.Join("volumes", name)
		if v.Size != nil && w.PerPod() { // templates of claims cannot change
			out.PerPod = append(out.PerPod, ownClaim{Claim: Claims{r.Scope}.ClaimOf(&model.Claim{Size: v.Size, Class: v.Class, Access: v.Access}), Name: name, At: at})
		}
		source, ok := r.volumeSource(w, at, name, v)
		if !ok {
			continue
		}
		if v.NFS != "" && len(v.Options) > 0 {
			share := shareOf(w, at, name, v)
			out.Shares = append(out.Shares, share)
			source = claimSource(share.Claim)
		}
		if v.Size == nil || !w.PerPod() {
			out.list = append(out.list, corev1.Volume{Name: name, VolumeSource: source})
		}
		if v.Size != nil && !w.PerPod() {
			out.Claims = append(out.Claims, ownClaim{Claim: Claims{r.Scope}.ClaimOf(askedOf(v)), Name: w.Full + "-" + name, At: at})
			out.Lazy = out.Lazy || !w.Runs() && Claims{r.Scope}.Waits(v.Class)
		}
		if v.HostPath != nil {
			out.exempt = append(out.exempt, fmt.Sprintf("volume %s hostPath %s: %s", name, v.HostPath.Path, v.HostPath.Reason))
		}
		r.checkBackup(w, at, name, v)
		if r.backsUp(w, v.Claim) || v.Backup {
			// Without a store, what is marked is still what Velero is to back up.
			if c := r.Desired.Cluster; len(c.StoresOf(w.App.Namespace, model.Velero)) > 0 || len(c.StoresOf(w.App.Namespace, model.VolSync)) == 0 {
				out.Backup = append(out.Backup, name)
			}
		}
		if v.Mount == "" && !mounted(w, name) {
			r.Warn(at, "volume/unmounted", fmt.Sprintf("no container of %s mounts volume %s", w.Full, name), "", `add mount: "/…" to it, or remove it`)
		}
		if v.Mount != "" {
			out.mounts = append(out.mounts, corev1.VolumeMount{Name: name, MountPath: v.Mount, SubPath: v.SubPath, ReadOnly: v.ReadOnly})
		}
	}
	return out
}

// checkBackup reports what contradicts itself about the backup of a volume.
func (r Pods) checkBackup(w *scope.Workload, at model.Path, name string, v *model.Volume) {
	claim := v.Size != nil || v.Claim != "" || v.Existing != ""
	switch {
	case v.Backup && v.NoBackup != "":
		r.Error(at.Join("noBackup"), "volume/backup", "volume "+name+" says both backup: true and noBackup", "", "keep one")
	case v.Backup && !claim:
		r.Error(at.Join("backup"), "volume/backup", "volume "+name+" is to be backed up", "it is no claim, so it does not outlive its pod", "remove backup, or give it a size")
	case v.NoBackup != "" && !claim:
		r.Error(at.Join("noBackup"), "volume/backup", "volume "+name+" says why it is not backed up, and is no claim, of which alone backups are made", "", "remove noBackup")
	}
	if v.Backup {
		Claims{r.Scope}.CheckStored(at.Join("backup"), "volume "+name, w.App.Namespace)
	}
}

// backsUp reports whether the pod is the first that mounts a shared claim which
// is to be backed up: one copy is enough.
func (r Pods) backsUp(w *scope.Workload, claim string) bool {
	ns := r.Desired.Namespaces[w.App.Namespace]
	if claim == "" || ns == nil || ns.Claims[claim] == nil || !ns.Claims[claim].Backup {
		return false
	}
	key := w.App.Namespace + "/" + claim
	first := !r.backedUp[key]
	r.backedUp[key] = true
	return first
}

// mounted reports whether a container mounts the volume by itself.
func mounted(w *scope.Workload, volume string) bool {
	for _, containers := range []map[string]*model.Container{w.Declared.Init, w.Declared.Sidecars, w.Declared.Containers} {
		for _, c := range containers {
			if _, here := c.Mounts[volume]; here {
				return true
			}
		}
	}
	return false
}

// askedOf is what a volume with a size asks for.
func askedOf(v *model.Volume) *model.Claim {
	return &model.Claim{Size: v.Size, Class: v.Class, Access: v.Access, NoBackup: v.NoBackup}
}

func (r Pods) volumeSource(w *scope.Workload, at model.Path, name string, v *model.Volume) (corev1.VolumeSource, bool) {
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
		fact := fmt.Sprintf("volume %s says %s", name, finding.AllSorted(forms))
		mend := "keep one"
		if len(forms) == 0 {
			fact, mend = fmt.Sprintf("volume %s does not say what it is", name), `add one of them, such as size: "1Gi"`
		}
		r.Error(at, "volume/form", fact,
			"a volume is exactly one of size, claim, existing, memory, scratch, nfs or hostPath", mend)
		return corev1.VolumeSource{}, false
	}
	if len(v.Options) > 0 && v.NFS == "" {
		r.Error(at.Join("options"), "volume/form", fmt.Sprintf("volume %s has mount options, and is no NFS export", name), "", "remove options; those of a claim are of its storage class")
		return corev1.VolumeSource{}, false
	}
	switch {
	case v.Size != nil:
		return r.ownClaim(w, at, name, v), true
	case v.Claim != "":
		return r.sharedClaim(w, at, v)
	case v.Existing != "":
		return claimSource(v.Existing), true
	case v.Memory != nil:
		return corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: v.Memory}}, true
	case v.Scratch != nil:
		return corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: v.Scratch}}, true
	case v.NFS != "" && len(v.Options) > 0:
		return corev1.VolumeSource{}, true // a claim, which every level of Pod Security allows
	case v.NFS != "":
		server, export, _ := strings.Cut(v.NFS, ":")
		r.Demands(&w.Party, scope.Baseline, at.Join("nfs"), "an NFS volume")
		return corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{Server: server, Path: export, ReadOnly: v.ReadOnly}}, true
	}
	if v.HostPath.Path == "" || v.HostPath.Reason == "" {
		lacks := "reason"
		if v.HostPath.Path == "" {
			lacks = "path"
		}
		r.Error(at.Join("hostPath"), "app/missing-field", fmt.Sprintf("the hostPath of volume %s has no %s", name, lacks),
			"a pod that sees its node's files is past all other isolation, and so it takes both", fmt.Sprintf(`add %s: "…"`, lacks))
		return corev1.VolumeSource{}, false
	}
	r.Demands(&w.Party, scope.Privileged, at.Join("hostPath"), "a path of the node")
	kind := cmp.Or(corev1.HostPathType(v.HostPath.Type), hostPathType(v.HostPath.Path, kernel.Directory))
	return corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: v.HostPath.Path, Type: &kind}}, true
}

func claimSource(name string) corev1.VolumeSource {
	return corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}
}

// ownClaim is the claim of the volume alone.
func (r Pods) ownClaim(w *scope.Workload, at model.Path, name string, v *model.Volume) corev1.VolumeSource {
	Claims{r.Scope}.CheckClass(at.Join("class"), v.Class)
	Claims{r.Scope}.CheckAccess(at.Join("access"), v.Class, v.Access)
	if w.PerPod() {
		return corev1.VolumeSource{}
	}
	single := v.Access == "" || strings.HasPrefix(v.Access, "ReadWriteOnce")
	if kind := w.Kind(); single && (kind == "DaemonSet" || kind == "Deployment" && w.Replicas() > 1) {
		r.Error(at, "volume/single-writer", fmt.Sprintf("the pods of %s share the claim of volume %s", w.Full, name),
			"only one node at a time can mount it", `run one replica, take kind: "StatefulSet", or a class with access: "ReadWriteMany"`)
	}
	return claimSource(w.Full + "-" + name)
}

func (r Pods) sharedClaim(w *scope.Workload, at model.Path, v *model.Volume) (corev1.VolumeSource, bool) {
	ns := w.App.Namespace
	var known []string
	if n := r.Desired.Namespaces[ns]; n != nil {
		known = slices.Sorted(maps.Keys(n.Claims))
	}
	if !slices.Contains(known, v.Claim) {
		r.Error(at.Join("claim"), "volume/unknown-claim", fmt.Sprintf("the volume is the shared claim %s", v.Claim),
			finding.Has("namespace "+ns, "shared claim", known),
			finding.DidYouMean(v.Claim, known, fmt.Sprintf(`declare namespaces: %s: claims: %s: size: "…", or write existing: %q for one that is made elsewhere`, ns, v.Claim, v.Claim))).Like(v.Claim, known)
		return corev1.VolumeSource{}, false
	}
	return claimSource(v.Claim), true
}

// slug makes a volume name of at most 63 characters from a path.
func slug(prefix, dir string) string {
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
