package resolve

import "stillsuit.dev/finding"

// storageCodes are about storage classes, claims of them and their backups.
func storageCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "storage/path", Title: "the volumes of a class do not lie below one directory",
			Text:    "The local path provisioner makes a volume below the directory that its class names, the same on each node: storage below the path of the disks that have the class. The provisioner of K3s itself knows one directory alone.",
			Example: "nodes: {a: disks: ssd: {path: \"/mnt/a\", class: \"ssd\"}, b: disks: ssd: {path: \"/mnt/b\", class: \"ssd\"}}\n// mount both at one path, or make two classes",
		},
		{
			Code: "storage/waits", Title: "a class of volumes on one node does not wait for the pod",
			Text:    "The local path provisioner makes a volume on the node of the pod that uses it. A claim that binds at once has no pod yet, so its volume is never made.",
			Example: "storage: sata: {provisioner: \"rancher.io/local-path\", waits: false}    // remove waits",
		},
		{
			Code: "storage/parameter", Title: "a storage class lacks what its provisioner must be told",
			Text:    "The NFS driver wants the server and the share, Rook's block driver the pool, and its file system driver fsName. Nothing else is yours to say: the other parameters are filled in.",
			Example: "storage: nfs: {provisioner: \"nfs.csi.k8s.io\", parameters: {server: \"192.168.1.30\", share: \"/export\"}}",
		},
		{
			Code: "storage/snapshots", Title: "snapshots of a class whose provisioner takes none",
			Text:    "snapshots names the VolumeSnapshotClass by which VolSync copies volumes of the class at one point in time. The local path provisioner has no such thing: its volumes are read as they are.",
			Example: "storage: longhorn: snapshots: \"longhorn-snapshot\"",
		},
		{
			Code: "storage/default", Title: "two storage classes are the default",
			Text:    "A claim that names no class gets the default one. With two, it gets the one that was made last. Longhorn's chart makes its class the default unless its values say otherwise.",
			Example: "storage: {a: default: true, b: default: true}    // one of them",
		},
		{
			Code: "storage/disks", Title: "two disks of a node are of one storage class",
			Text:    "A class names one directory, and a volume of it lies on one disk. With two disks of the class on a node nothing says on which, and no budget can tell which of them fills.",
			Example: "disks: {a: class: \"sata\", b: class: \"sata\"}    // \"sata-b\"",
		},
		{
			Code: "volume/no-class", Title: "a claim without a class, in a cluster without a default one",
			Text:    "Such a claim stays pending for ever, and with it the pod.",
			Example: "storage: sata: {provisioner: \"rancher.io/local-path\", default: true}",
		},
		{
			Code: "backup/default", Title: "two stores are the default",
			Text:    "Backups that are made by hand go to the default store, and Velero takes one.",
			Example: "backups: {a: default: true, b: default: true}    // one of them",
		},
		{
			Code: "backup/none", Title: "a volume is to be backed up, and nothing backs it up",
			Text:    "backup: true marks a volume for Velero or VolSync. What they write, where and when is declared in cluster.backups, by namespace.",
			Example: "cluster: backups: offsite: {bucket: \"home\", schedule: \"30 3 * * *\", …}",
		},
		{
			Code: "backup/form", Title: "a store says what its tool does not read",
			Text:    "bucket, prefix, region, config and default are Velero's. For VolSync the bucket and the path are in the Secret of each volume, under RESTIC_REPOSITORY; cache and mover are its own. secret is \"secret/key\" for Velero, and for VolSync the first part of the names of secrets of the apps.",
			Example: "backups: b2: {tool: \"volsync\", bucket: \"home\", …}    // remove bucket",
		},
		{
			Code: "backup/repository", Title: "a volume without a repository of its own",
			Text:    "VolSync writes each volume into the restic repository that a Secret of its namespace names, and calls every volume the same in it. Two volumes in one repository would remove each other's snapshots. The Secret is that of the app called SECRET-VOLUME, where SECRET is the store's secret; it has RESTIC_REPOSITORY, RESTIC_PASSWORD and the keys of the store.",
			Example: "backups: b2: {tool: \"volsync\", secret: \"restic\", …}\napps: web: secrets: \"restic-data\": \"secrets/web-data.sops.yaml\"",
		},
		{
			Code: "backup/user", Title: "nothing says whose the files of a volume are",
			Text:    "The pod with which VolSync copies a volume runs as the user of the workload: it has no right to read the files of others, and its image runs as root, which most namespaces refuse.",
			Example: "apps: web: user: 1000",
		},
	}
}
