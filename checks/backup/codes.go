package backup

import "stillsuit.dev/finding"

// codes documents the findings of this check.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "backup/skipped", Title: "Velero skips a volume that is to be backed up",
			Text:    "Velero copies files through the node's directory of pods, where volumes of the kind hostPath are not: it skips them, and the backup still succeeds. The local path provisioner makes hostPath volumes unless its class has the annotation defaultVolumeType: local, or the claim volumeType: local. Volumes that exist stay what they are; the how-to \"Move a volume\" moves them. Velero also skips a volume that only init containers mount, which native sidecars are for it.",
			Example: "kind: StorageClass\nmetadata: {name: fast, annotations: {defaultVolumeType: local}}    # without it: hostPath\nprovisioner: rancher.io/local-path",
		},
		{
			Code: "backup/not-running", Title: "a volume of pods that do not run when the backup is made",
			Text:    "Velero copies the files of running pods only. The volumes of a CronJob, of a Job that has ended and of a workload without replicas are skipped, unless another pod that runs names the same claim.",
			Example: "apps: report: {schedule: \"0 4 * * *\", volumes: out: {size: \"1Gi\", backup: true}}    // back it up in an app that runs",
		},
		{
			Code: "backup/unknown-class", Title: "whether Velero can read the volumes of a class cannot be told",
			Text:    "The storage class of a volume that is to be backed up is not in the tree, so nothing says whether it makes hostPath volumes, which Velero skips. `kubectl get storageclass NAME -o yaml` shows its provisioner and annotations.",
			Example: "storageClassName: fast    # add the StorageClass to the tree, or declare it in cluster.storage",
		},
	}
}
