package resolve

import "stillsuit.dev/finding"

// volumeCodes are about volumes, files and secrets.
func volumeCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "volume/form", Title: "a volume is two things, or nothing",
			Text:    "A volume is exactly one of size (a claim of its own), claim (a shared one of the namespace), existing (a claim made elsewhere), memory, scratch, nfs and hostPath. Mount options (options) are of an NFS export; those of claims are of their storage class.",
			Example: "volumes: data: mount: \"/data\"    // add size: \"10Gi\"",
		},
		{
			Code: "volume/unknown", Title: "a container mounts a volume that does not exist",
			Text:    "mounts is keyed by the names of the workload's volumes.",
			Example: "mounts: dta: \"/data\"    // data",
		},
		{
			Code: "volume/unmounted", Title: "a volume that no container mounts",
			Text:    "The volume is made and nothing is stored in it. mount puts it at a path of each main container, and mounts of a container at one of that container alone.",
			Example: "volumes: data: size: \"10Gi\"    // add mount: \"/data\"",
		},
		{
			Code: "volume/bad-device", Title: "a device that is not below /dev",
			Text:    "devices mounts files of the node that lie below /dev, at the same path. Any other path of the node is a volume with hostPath.",
			Example: "devices: \"ttyUSB0\": \"the Zigbee stick\"    // \"/dev/ttyUSB0\"",
		},
		{
			Code: "volume/unknown-claim", Title: "a shared claim that the namespace does not have",
			Text:    "claim names one of namespaces.<namespace>.claims, of the namespace that the app lives in: pods cannot mount claims of another one. Use existing for a claim that is made outside of this repository.",
			Example: "namespaces: downloads: claims: media: size: \"200Gi\"\nvolumes: media: claim: \"medai\"    // media",
		},
		{
			Code: "volume/unknown-class", Title: "a storage class that the cluster does not have",
			Text:    "A claim of a class that does not exist stays pending for ever, and with it the pod. Classes are declared in cluster.storage or on a node's disks; local-path comes with K3s unless it is switched off.",
			Example: "class: \"stata\"    // sata",
		},
		{
			Code: "volume/single-writer", Title: "several pods share a claim that one node can mount",
			Text:    "With the access ReadWriteOnce only pods of one node can mount a claim, so the others would wait for ever; and few programs can share their files. A StatefulSet gives each pod a claim of its own.",
			Example: "replicas: 2, volumes: data: size: \"1Gi\"    // replicas: 1, or kind: \"StatefulSet\"",
		},
		{
			Code: "volume/access", Title: "an access mode that volumes of a class cannot have",
			Text:    "A volume of the local path provisioner lies on one node, and a block device of Rook is mounted by one node at a time: a claim that asks for more stays pending, and with it the pod. Longhorn, CephFS and NFS can be mounted by many.",
			Example: "volumes: data: {size: \"1Gi\", access: \"ReadWriteMany\"}    // class: \"longhorn\", or access: \"ReadWriteOnce\"",
		},
		{
			Code: "volume/backup", Title: "a volume is to be backed up that cannot be",
			Text:    "Memory, scratch space, exports and paths of a node are not part of the backup of claims. A volume says either backup: true, or noBackup with the reason why not. VolSync mounts a volume beside the pods that have it, so it can copy none that one pod alone may mount, none of a workspace, and none of those that a StatefulSet makes for each of its pods.",
			Example: "volumes: cache: {scratch: \"1Gi\", backup: true}    // remove backup",
		},
		{
			Code: "volume/same-path", Title: "two things are mounted at one path",
			Text:    "Volumes, files, scratch space and devices of a container share its file system, and Kubernetes refuses two at one path.",
			Example: "volumes: {a: mount: \"/data\", b: mount: \"/data\"}    // b: mount: \"/data/b\"",
		},
		{
			Code: "volume/bad-path", Title: "a path in a container is not written out",
			Text:    "A path starts with / and holds no . or .. as a part.",
			Example: "mount: \"data\"    // \"/data\"",
		},
	}
}

// fileCodes are about files and Secrets that containers read.
func fileCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "file/form", Title: "a file has two sources, or none",
			Text:    "A file is exactly one of text, file, dir and secret.",
			Example: "files: \"/etc/a.conf\": {}    // {text: \"…\"} or {file: \"site/a.conf\"}",
		},
		{
			Code: "file/unreadable", Title: "a file of the repository cannot be read",
			Text:    "Files are named relative to the cluster's directory, and lie in it: nothing outside of it is read, so that a clone always renders the same.",
			Example: "// in clusters/turingpi/home.cue\nfiles: \"/etc/a.conf\": file: \"a.conf\"    // clusters/turingpi/a.conf",
		},
		{
			Code: "file/too-large", Title: "the files of a workload do not fit into a ConfigMap",
			Text:    "The API server takes at most 1 MiB. Put large files on a volume, or build them into the image.",
			Example: "files: \"/data\": dir: \"photos\"    // a volume",
		},
		{
			Code: "secret/unknown", Title: "a secret that the app does not declare",
			Text:    "\"secret/key\" names one of the app's secrets by its name there, which may differ from that of the Kubernetes Secret.",
			Example: "secrets: vpn: \"secrets/vpn.sops.yaml\"\nsecretEnv: KEY: \"vpm/key\"    // vpn/key",
		},
		{
			Code: "secret/unknown-key", Title: "a key that the secret's file does not have",
			Text:    "SOPS encrypts values and leaves the names of keys readable, so they can be checked. Add the key with sops, or correct its name.",
			Example: "secretEnv: KEY: \"vpn/private-kye\"    // vpn/private-key",
		},
		{
			Code: "secret/reference", Title: "a reference to a secret is not written secret/key",
			Text:    "It is the secret's name in the app, a slash, and the key.",
			Example: "secretEnv: KEY: \"vpn\"    // \"vpn/private-key\"",
		},
		{
			Code: "secret/plain", Title: "a secret is not encrypted, or not in whole",
			Text:    "A Secret among objects is written out as it stands, and SOPS files are copied into the tree as they are, and whoever can read the repository can read it. Encrypt the file before it is committed. If it was committed already, change what it protects: its text stays in the history.",
			Example: "sops --encrypt --in-place clusters/turingpi/secrets/vpn.sops.yaml",
		},
		{
			Code: "secret/unreadable", Title: "a file holds no Kubernetes Secret",
			Text:    "A secret is one Kubernetes Secret in YAML, whose data or stringData are encrypted by SOPS. The rest of it stays readable, and is checked.",
			Example: "apiVersion: v1\nkind: Secret\nmetadata: {name: vpn, namespace: downloads}\nstringData: {key: …}",
		},
		{
			Code: "secret/namespace", Title: "a secret is for another namespace",
			Text:    "A pod reads only Secrets of its own namespace, and a SOPS file cannot be changed without its key: SOPS signs the whole of it. Edit it with sops.",
			Example: "metadata: {name: vpn, namespace: download}    // downloads",
		},
		{
			Code: "secret/recipient", Title: "a secret is not encrypted to one of the cluster's keys",
			Text:    "cluster.secrets.age lists the public keys that Flux, and you, decrypt with. A file that is not encrypted to one of them may not be decrypted in the cluster. sops updatekeys does it, after .sops.yaml is rendered.",
			Example: "sops updatekeys clusters/turingpi/secrets/vpn.sops.yaml",
		},
	}
}
