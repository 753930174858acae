package backup

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks backups.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "backup", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}

// The annotations by which a pod chooses among its volumes, and the label by which it, or a
// claim, is left out (velero 1.18.1, pkg/apis/velero/v1/labels_annotations.go).
const (
	annotationVolumes  = "backup.velero.io/backup-volumes"
	annotationExcludes = "backup.velero.io/backup-volumes-excludes"
	labelExclude       = "velero.io/exclude-from-backup"
)

// check is one run.
type check struct {
	*checks.Pass
	storage *storage
	plans   []plan
	runs    map[string]bool // claims that a running pod backs up
	told    map[string]bool // classes
}

// chosen is a volume of a pod that Velero is to copy.
type chosen struct {
	pod    *inventory.PodTemplate
	volume corev1.Volume
	at     inventory.Spot
	by     string // what chose it, in a sentence
	named  bool   // the pod names it
}

func run(pass *checks.Pass) error {
	pods, err := pass.PodTemplates()
	if err != nil {
		return err
	}
	c := &check{Pass: pass, storage: readStorage(pass.Subject), plans: plans(pass), runs: map[string]bool{}, told: map[string]bool{}}
	var all []chosen
	for _, pod := range pods {
		all = append(all, c.chosenOf(pod)...)
	}
	for _, v := range all {
		if claim := claimOf(v); claim != "" && stays(v.pod) {
			c.runs[claim] = true
		}
	}
	for _, v := range all {
		c.judge(v)
	}
	return nil
}

// chosenOf are the volumes of a pod that Velero is to copy, by the order of the pod.
func (c *check) chosenOf(pod *inventory.PodTemplate) []chosen {
	if pod.Labels[labelExclude] == "true" {
		return nil
	}
	named := list(pod.Annotations[annotationVolumes])
	keys := pod.Spot().Keys
	at := inventory.Spot{Object: pod.Object, Keys: append(slices.Clone(keys[:len(keys)-1]), "metadata", "annotations", annotationVolumes)}
	excluded := list(pod.Annotations[annotationExcludes])
	by := ""
	for _, p := range c.plans {
		if by == "" && p.covers(pod) {
			by = p.name
		}
	}
	var out []chosen
	volumes := volumesOf(pod)
	for _, name := range named {
		if !slices.ContainsFunc(volumes, func(v corev1.Volume) bool { return v.Name == name }) {
			c.Error(c.ByPatch(at), "backup/skipped", fmt.Sprintf("Velero skips volume %q of %s, which has no such volume", name, pod.DisplayName()), "", "correct the name, and write no space behind a comma")
		}
	}
	for _, v := range volumes {
		switch {
		case slices.Contains(named, v.Name):
			spot := at
			spot.Path = []string{"volumes", v.Name, "backup"}
			out = append(out, chosen{pod: pod, volume: v, at: c.declared(pod, v, spot), by: "its annotation " + annotationVolumes, named: true})
		case by != "" && v.PersistentVolumeClaim != nil && !slices.Contains(excluded, v.Name):
			spot := pod.Spot()
			i := slices.IndexFunc(pod.Spec.Volumes, func(of corev1.Volume) bool { return of.Name == v.Name })
			spot.Keys, spot.Path = append(slices.Clone(spot.Keys), "volumes", strconv.Itoa(i)), []string{"volumes", v.Name}
			out = append(out, chosen{pod: pod, volume: v, at: spot, by: by})
		}
	}
	return out
}

// declared is the line on which the user asked for the backup: that of a shared claim of the
// namespace, where the volume does not say so itself.
func (c *check) declared(pod *inventory.PodTemplate, v corev1.Volume, at inventory.Spot) inventory.Spot {
	ns := c.Namespaces[pod.Object.Namespace]
	if v.PersistentVolumeClaim == nil || ns == nil {
		return c.ByPatch(at)
	}
	claim := v.PersistentVolumeClaim.ClaimName
	if shared := ns.Claims[claim]; shared != nil && shared.Backup && !c.saysBackup(pod, v.Name) {
		return inventory.Spot{Entry: []string{"namespaces", pod.Object.Namespace, "claims", claim}, Path: []string{"backup"}}
	}
	return c.ByPatch(at)
}

// saysBackup reports whether a volume of an app says itself that it is to be backed up.
func (c *check) saysBackup(pod *inventory.PodTemplate, volume string) bool {
	origin := pod.Object.Origin
	if len(origin) < 2 || origin[0] != "apps" || c.Apps[origin[1]] == nil {
		return true
	}
	return slices.ContainsFunc(slices.Collect(maps.Values(c.Apps[origin[1]].Workloads)), func(w *model.Workload) bool {
		v := w.Volumes[volume]
		return v != nil && v.Backup
	})
}

// judge reports a volume that Velero skips.
func (c *check) judge(v chosen) {
	what := fmt.Sprintf("Velero skips volume %s of %s", v.volume.Name, v.pod.DisplayName())
	if v.volume.HostPath != nil {
		c.Error(v.at, "backup/skipped", what+", which is a path of the node", "", "remove it from the backup, or keep the files on a claim")
		return
	}
	if !mounted(v.pod, v.volume.Name) {
		if v.named { // with every volume chosen, this one was chosen by nobody
			c.Error(v.at, "backup/skipped", what+", which no container of the pod mounts", "", "mount it in a container that runs as long as the pod, or remove it from the backup")
		}
		return
	}
	if claim := claimOf(v); v.named && !stays(v.pod) && !c.runs[claim] {
		c.Warn(v.at, "backup/not-running", fmt.Sprintf("volume %s of %s is to be backed up, and no pod of it runs all the time", v.volume.Name, v.pod.DisplayName()), "", "back the claim up in a workload that runs")
	}
	c.claim(v, what)
}

// claim reports a claim whose volume Velero skips.
func (c *check) claim(v chosen, what string) {
	claim := c.storage.claimOf(v.pod, v.volume)
	switch {
	case claim == nil && v.named && claimOf(v) != "":
		c.Note(v.at, "backup/unknown-class", fmt.Sprintf("Velero backs up volume %s of %s, and claim %s is not in the tree, so whether it is a hostPath volume, which Velero skips, was not checked", v.volume.Name, v.pod.DisplayName(), v.volume.PersistentVolumeClaim.ClaimName), "", "add the claim to the tree, or look at its volume with kubectl")
		return
	case claim == nil || claim.Labels[labelExclude] == "true":
		return
	}
	is := c.storage.kindOf(claim)
	switch {
	case is.volume != "":
		c.Error(v.at, "backup/skipped", fmt.Sprintf("%s: PersistentVolume %s is a hostPath volume", what, is.volume), "", "write it as a local volume: "+`spec: local: path: "…", with nodeAffinity`)
	case is.hostPath:
		c.Error(v.at, "backup/skipped", fmt.Sprintf("%s: storage class %s (%s) makes hostPath volumes", what, is.class, is.provisioner), "", is.mend())
	case is.unknown && !c.told[is.class]:
		c.told[is.class] = true
		c.Note(v.at, "backup/unknown-class", fmt.Sprintf("volume %s of %s is to be backed up by Velero, and nothing here says whether storage class %s makes hostPath volumes, which Velero skips", v.volume.Name, v.pod.DisplayName(), is.name()), "",
			"add the StorageClass to the tree, or declare its provisioner in cluster.storage")
	}
}

// volumesOf are the volumes of a pod, with those that a StatefulSet's claim templates make.
func volumesOf(pod *inventory.PodTemplate) []corev1.Volume {
	out := slices.Clone(pod.Spec.Volumes)
	for _, c := range pod.Claims {
		if !slices.ContainsFunc(out, func(v corev1.Volume) bool { return v.Name == c.Name }) {
			out = append(out, corev1.Volume{Name: c.Name, VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{}}})
		}
	}
	return out
}

// mounted reports whether a container of the pod mounts the volume. Velero looks at no init
// container, and so at no native sidecar.
func mounted(pod *inventory.PodTemplate, volume string) bool {
	return slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool {
		return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume })
	})
}

// stays reports whether a pod of it runs at any time, as far as the object says.
func stays(pod *inventory.PodTemplate) bool {
	none := func(replicas *int32) bool { return replicas != nil && *replicas < 1 }
	switch v := pod.Object.Value.(type) {
	case *batchv1.Job, *batchv1.CronJob:
		return false
	case *appsv1.Deployment:
		return !none(v.Spec.Replicas)
	case *appsv1.StatefulSet:
		return !none(v.Spec.Replicas)
	case *appsv1.ReplicaSet:
		return !none(v.Spec.Replicas)
	}
	return true
}

// claimOf names the claim of a volume in its namespace; "" for one that is made for the pod,
// or is no claim.
func claimOf(v chosen) string {
	if c := v.volume.PersistentVolumeClaim; c != nil && c.ClaimName != "" {
		return v.pod.Object.Namespace + "/" + c.ClaimName
	}
	return ""
}

// list splits a list as Velero does, at commas alone.
func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
