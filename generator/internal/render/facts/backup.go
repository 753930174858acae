package facts

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/model"
)

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

// BackupStores tell Velero where backups go, of what and when. A backup does not belong
// to the schedule that made it: it stays when that goes from the tree.
func BackupStores(stores []*facts.Store) []object.Made {
	var out []object.Made
	for _, x := range stores {
		m := object.FactMeta(x.Namespace, x.Name)
		out = append(out, object.OfCustom(x.Unit, kinds.BackupLocation, m, backupLocation{
			Provider: "aws", Default: x.First, // its plugin speaks to every store that speaks S3
			Config:        labels.With(storeConfig(x.Declared), x.Declared.Config),
			Credential:    corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: x.Secret}, Key: x.Key},
			ObjectStorage: objectStorage{Bucket: x.Declared.Bucket, Prefix: x.Declared.Prefix},
		}, x.At), object.OfCustom(x.Unit, kinds.BackupSchedule, m, backupSchedule{
			Schedule: x.Declared.Schedule,
			Template: backupTemplate{Namespaces: x.Declared.Namespaces, Location: x.Name, TTL: metav1.Duration{Duration: x.Declared.Keep.Or(defaultKeep)}},
		}, x.At))
	}
	return out
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
