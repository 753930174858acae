package secrets

import "stillsuit.dev/finding"

// codes documents the findings of this check.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "secret/missing", Title: "nothing makes a Secret that is read",
			Text:    "A container waits for its Secret in CreateContainerConfigError or ContainerCreating, and a HelmRelease fails, until the Secret exists. A catalogue entry names the Secrets that it needs and brings none. Write the Secret as a SOPS file and name that file in secrets. If you make the Secret by hand, or something outside this repository does, say so in cluster.secrets.outside.",
			Example: "apps: vikunja: {from: \"vikunja\", secrets: server: \"secrets/vikunja.sops.yaml\"}\ncluster: secrets: outside: \"office/vikunja\": \"made by hand, see docs/restore.md\"",
		},
		{
			Code: "secret/outside", Title: "a Secret that is read may come from outside the tree",
			Text:    "The tree does not hold the Secret or an object that is known to make it. A chart, a controller or somebody with kubectl may make it; that was not checked. A name in secrets that is no file says that something else makes the Secret; cluster.secrets.outside says who, and nothing is reported then. Until it exists, the pods that read it do not start.",
			Example: "envFrom: [{secretRef: {name: postgres-app}}]    # made by a chart in that namespace, or by hand",
		},
		{
			Code: "secret/missing-key", Title: "a Secret does not have a key that is read",
			Text:    "SOPS leaves the names of keys readable. A container that reads a key which its Secret does not have waits in CreateContainerConfigError, or its volume is not mounted. It is a note in a tree that no CUE produced, since something else may add the key.",
			Example: "valueFrom: {secretKeyRef: {name: db, key: pasword}}    # password",
		},
		{
			Code: "secret/unread", Title: "nothing reads a Secret that is declared as made outside",
			Text:    "cluster.secrets.outside lists Secrets that something outside the repository makes. Nothing in the cluster reads this one.",
			Example: "cluster: secrets: outside: \"office/vikunja\": \"made by hand\"    // remove it",
		},
		{
			Code: "secret/clear-text", Title: "a Secret in plain text",
			Text:    "The data of a Secret is base64, which everybody can read who reads the repository, and what was pushed once stays in its history. Encrypt the file with SOPS, or let an ExternalSecret or a SealedSecret make the Secret, and change what it protects. Values that SOPS encrypted, places that Flux fills in (${NAME}), empty values, certificates and public keys are no secrets. What a chart or a generator of kustomize made is a warning.",
			Example: "sops --encrypt --in-place apps/vpn/secret.yaml",
		},
	}
}
