package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// groupVelero is Velero's API group.
const groupVelero = "velero.io"

// defaultKeep is how long Velero keeps a backup of which nobody says it.
const defaultKeep = 720 * time.Hour

// backupLocation is the used part of the spec of Velero's BackupStorageLocation (v1).
type backupLocation struct {
	Provider      string                   `json:"provider"`
	Default       bool                     `json:"default,omitempty"`
	Config        map[string]string        `json:"config"`
	Credential    corev1.SecretKeySelector `json:"credential"`
	ObjectStorage objectStorage            `json:"objectStorage"`
}

type objectStorage struct {
	Bucket string `json:"bucket"`
	Prefix string `json:"prefix,omitempty"`
}

// backupSchedule is the used part of the spec of Velero's Schedule (v1).
type backupSchedule struct {
	Schedule        string         `json:"schedule"`
	OwnerReferences bool           `json:"useOwnerReferencesInBackup"`
	Template        backupTemplate `json:"template"`
}

type backupTemplate struct {
	Namespaces []string        `json:"includedNamespaces"`
	Location   string          `json:"storageLocation"`
	TTL        metav1.Duration `json:"ttl"`
	// AllVolumes is false: the pods say which of their volumes are backed up.
	AllVolumes bool `json:"defaultVolumesToFsBackup"`
}

// backups tells Velero where backups go, of what and when. A backup does not
// belong to the schedule that made it: it stays when that goes from the tree.
func (r *renderer) backups() {
	backups, at := r.d.Cluster.Backups, model.Path{"cluster", "backups"}
	if len(backups) == 0 {
		return
	}
	first := r.defaultStore(at)
	c := r.providerOf(groupVelero, at, "backups are declared")
	for _, name := range sorted(backups) {
		b, at := backups[name], at.Join(name)
		if !r.backupForm(at, name, b) || c == nil {
			continue
		}
		s, key := r.keyOf(at.Join("secret"), &c.party, c.Secrets, b.Secret)
		if s == nil {
			continue
		}
		r.reachesURL(&c.party, at.Join("endpoint"), b.Endpoint)
		m, unit := factMeta(c.Namespace, name), c.config()
		addCustom(r, unit, kindBackupLocation, m, backupLocation{
			Provider: "aws", Default: name == first, // its plugin speaks to every store that speaks S3
			Config:        with(storeConfig(b), b.Config),
			Credential:    corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: s.name}, Key: key},
			ObjectStorage: objectStorage{Bucket: b.Bucket, Prefix: b.Prefix},
		}, at)
		addCustom(r, unit, kindBackupSchedule, m, backupSchedule{
			Schedule: b.Schedule,
			Template: backupTemplate{Namespaces: r.backupNamespaces(b), Location: name, TTL: metav1.Duration{Duration: b.Keep.Or(defaultKeep)}},
		}, at)
	}
}

// storeConfig is what Velero's plugin is told of a store. Its checksums are
// switched off where they are not Amazon's: Backblaze B2, among others, refuses
// uploads with them (github.com/velero-io/velero/issues/8667).
func storeConfig(b model.Backup) map[string]string {
	config := map[string]string{"region": b.Region, "s3Url": b.Endpoint, "s3ForcePathStyle": "true"}
	if !strings.HasSuffix(b.Endpoint, ".amazonaws.com") {
		config["checksumAlgorithm"] = ""
	}
	return config
}

// defaultStore is the store for backups that name none: the one that says so,
// else the first by name.
func (r *scope) defaultStore(at model.Path) string {
	backups, first := r.d.Cluster.Backups, ""
	for _, name := range sorted(backups) {
		switch {
		case !backups[name].Default:
		case first != "":
			r.Error(at.Join(name, "default"), "backup/default", fmt.Sprintf("store %s is the default", name), fmt.Sprintf("store %s is too, and Velero takes one", first), "keep one")
		default:
			first = name
		}
	}
	if first == "" {
		first = sorted(backups)[0]
	}
	return first
}

// backupForm reports a store that lacks something, and namespaces that nothing makes.
func (r *scope) backupForm(at model.Path, name string, b model.Backup) bool {
	for i, namespace := range b.Namespaces {
		if !slices.Contains(systemNamespaces, namespace) {
			r.knownNamespace(at.Join("namespaces", strconv.Itoa(i)), namespace, fmt.Sprintf("store %s is for namespace %s", name, namespace))
		}
	}
	for _, f := range []struct{ field, value, why, example string }{
		{"bucket", b.Bucket, "backups are written there", "…"},
		{"endpoint", b.Endpoint, "that is where the store is", "https://s3.eu-central-003.backblazeb2.com"},
		{"region", b.Region, "requests are signed for it", "eu-central-003"},
		{"secret", b.Secret, "it holds the keys of the store", "store/cloud"},
		{"schedule", b.Schedule, "backups begin by it", "30 3 * * *"},
	} {
		if f.value == "" {
			r.Error(at, "app/missing-field", fmt.Sprintf("store %s has no %s", name, f.field), f.why, fmt.Sprintf("add %s: %q", f.field, f.example))
			return false
		}
	}
	r.checkSchedule(at.Join("schedule"), "store "+name, b.Schedule)
	return true
}

// backupNamespaces are those that a store is for, sorted.
func (r *scope) backupNamespaces(b model.Backup) []string {
	if len(b.Namespaces) == 0 {
		return r.ownNamespaces()
	}
	return slices.Compact(slices.Sorted(slices.Values(b.Namespaces)))
}

// checkStored warns of a volume that is to be backed up, and that no store is for.
func (r *scope) checkStored(at model.Path, what, namespace string) {
	stores := r.d.Cluster.Backups
	for _, name := range sorted(stores) {
		if of := stores[name].Namespaces; slices.Contains(of, namespace) || len(of) == 0 && !slices.Contains(systemNamespaces, namespace) {
			return
		}
	}
	contrast, mend := "this cluster declares no backups", "declare cluster: backups: …"
	if len(stores) > 0 {
		contrast, mend = fmt.Sprintf("no store in cluster.backups is for namespace %s", namespace), "add it to namespaces of one of "+all(sorted(stores))
	}
	r.Warn(at, "backup/none", what+" is to be backed up", contrast, mend)
}
