package backup_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/backup"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

type place struct{}

func (place) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "web.yaml", Line: 9, Column: 5}, ""
}

// A class of the local path provisioner that does not ask for local volumes.
func Example() {
	class := &storagev1.StorageClass{Provisioner: "rancher.io/local-path"}
	class.Name = "fast"
	claim := &corev1.PersistentVolumeClaim{}
	claim.Name, claim.Namespace, claim.Spec.StorageClassName = "data", "home", &class.Name
	web := &appsv1.Deployment{}
	web.Spec.Template.Annotations = map[string]string{"backup.velero.io/backup-volumes": "data"}
	web.Spec.Template.Spec = corev1.PodSpec{
		Containers: []corev1.Container{{Name: "main", VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}}},
		Volumes: []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"},
		}}},
	}
	subject := &inventory.Subject{Places: place{}, Objects: []*manifest.Object{
		{ID: manifest.ID{Group: "storage.k8s.io", Kind: "StorageClass", Name: "fast"}, Value: class},
		{ID: manifest.ID{Kind: "PersistentVolumeClaim", Namespace: "home", Name: "data"}, Value: claim},
		{ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "home", Name: "web"}, Value: web},
	}}
	findings, err := checks.Run(subject, []*checks.Checker{backup.Checker()}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(findings[0].Code, findings[0].Problem)
	// Output: backup/skipped Velero skips volume data of Deployment web: storage class fast (rancher.io/local-path) makes hostPath volumes
}
