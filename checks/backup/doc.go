// Package backup checks that Velero can read the volumes that it is told to back up.
//
// Velero copies the files of a pod's volumes through the node's directory of pods. It
// skips, and only a line of its log says so, a volume of the kind hostPath: one of the local
// path provisioner, unless its class or its claim asks for local volumes, and one whose
// PersistentVolume is written so (velero 1.18.1, pkg/podvolume/backupper.go). It also skips a
// volume that no container mounts but an init container, and all volumes of a pod that does
// not run.
//
// The check reads pods that name volumes in the annotation backup.velero.io/backup-volumes,
// and the claims of all pods that a schedule covers with defaultVolumesToFsBackup, whether
// the schedule says so itself or leaves it to the server. A claim whose class is not in
// the tree is a note: where its volume lies cannot be told.
//
// What a claim got before its class was changed is in the cluster only: volumes that exist
// stay what they are.
package backup
