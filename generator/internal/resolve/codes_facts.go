package resolve

import "stillsuit.dev/finding"

// factCodes are about what the cluster offers to its apps.
func factCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "cluster/no-chart", Title: "a fact of the cluster that no chart makes true",
			Text:    "Pools, certificates, storage classes, middlewares, backups and policies become objects that a chart's controllers read: MetalLB's, cert-manager's, a provisioner's, Traefik's, Velero's, Kyverno's. The chart is the one whose provides names the API group, or the provisioner. For one that is there already, declare it with outside: the fact is then known here, and told to it by whoever installs it.",
			Example: "cluster: network: pools: lan: \"192.168.1.240-192.168.1.250\"\ncharts: metallb: from: \"metallb\"    // add it",
		},
		{
			Code: "cluster/tunnel", Title: "a tunnel whose configuration says too little, or is put nowhere",
			Text:    "A tunnel with config is managed by a file: what leads through it is derived from the exposures and put into the app that holds it. cloudflared takes the file only when it names the tunnel. Without config the tunnel is told elsewhere, and then has no use for an id.",
			Example: "tunnels: cloudflare: {app: \"cloudflared\", config: \"/etc/cloudflared/config.yaml\"}    // add id",
		},
		{
			Code: "network/pools", Title: "two pools have some address in common",
			Text:    "MetalLB refuses a pool that has addresses of another one.",
			Example: "pools: {a: \"192.168.1.240/28\", b: \"192.168.1.250-192.168.1.254\"}    // one of them",
		},
		{
			Code: "network/no-service", Title: "a Service that nothing here is known to have",
			Text:    "Where something is told the name of a Service (a store of backups, an authority, a notification, a target), the way there is opened at both ends. So it must be known which pods are behind it: a port of an app, or one of the services of a chart.",
			Example: "notifications: alerts: {type: \"alertmanager\", address: \"http://alertmanager.monitoring.svc:9093\"}\n// charts: …: services: alertmanager: port: 9093",
		},
		{
			Code: "certificate/form", Title: "an authority is two things, or none",
			Text:    "An authority is one of one's own (ca: the Secret that holds it, selfSigned when cert-manager is to make it) or a public one that signs by ACME.",
			Example: "certificates: lan: {ca: \"homelab-ca\", acme: {…}, …}    // two authorities",
		},
		{
			Code: "certificate/secret", Title: "nothing makes the Secret that an authority is in, or two do",
			Text:    "cert-manager reads the certificate (tls.crt) and the key (tls.key) of an authority from a Secret in its own namespace. Either the chart's secrets bring it, or cert-manager makes it (selfSigned). Its key signs for every host that devices trust it for, so it lies in the repository encrypted, or in the cluster only.",
			Example: "certificates: lan: ca: \"homelab-ca\"    // selfSigned: true, or secrets of the chart",
		},
		{
			Code: "certificate/domain", Title: "two authorities sign for one domain",
			Text:    "A host that names no certificate gets the authority whose domains hold it, the longest first. With two of the same nothing tells which.",
			Example: "certificates: {lan: domains: [\"home.example.com\"], public: domains: [\"home.example.com\"]}    // one of them",
		},
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
		{
			Code: "notification/type", Title: "a receiver that Flux does not know",
			Text:    "type is one of those of Flux's Provider (fluxcd.io/flux/components/notification/providers). generic posts JSON to any address.",
			Example: "notifications: chat: type: \"discrod\"    // discord",
		},
	}
}
