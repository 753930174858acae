package change

import "stillsuit.dev/finding"

// The codes.
const (
	codeRefused = "change/refused"
	codeUnsure  = "change/unsure"
	codeIgnored = "change/ignored"
	codeDeletes = "change/deletes"
	codeLeft    = "change/left"
)

// Codes documents the findings of a comparison.
func Codes() []finding.CodeDoc {
	const how = "`stillsuit check --base DIR` compares what is rendered here with the checkout of the branch in DIR that the cluster runs. cluster.suppress does not hide this. "
	return []finding.CodeDoc{
		{
			Code: codeRefused, Hiding: finding.ByFlags, Title: "a change that the API server refuses",
			Text: how + "Some fields of an object are settled when it is made: the size of a claim that cannot grow, its class, the claims that a StatefulSet makes, a selector, whether a Service has an address. Flux asks the API server about all objects of a unit before it applies one, so such a change keeps the whole unit as it was, and what comes after it waits.\n\n" +
				"Take the change back; or let the object be made anew. With the annotation kustomize.toolkit.fluxcd.io/force: \"enabled\" Flux deletes an object that it cannot change, with its pods, and makes it again. Take the annotation away with the next change: Flux then deletes the object whatever it is refused for, a misspelt value included. For a StatefulSet there is a gentler way: `kubectl delete statefulset NAME --cascade=orphan` as you merge leaves the pods running, and the new one takes them over, unless its selector is another.\n\n" +
				"A claim must never be made anew, since its volume would be deleted. Give the volume another name: that makes a new claim, and the old one stays with its files until you have copied them and delete it.",
			Example: "apps: db: patches: anew: {\n\tkind: \"StatefulSet\", name: \"db\"\n\tmerge: metadata: annotations: \"kustomize.toolkit.fluxcd.io/force\": \"enabled\"\n}",
		},
		{
			Code: codeUnsure, Hiding: finding.ByFlags, Title: "a change that the API server may refuse",
			Text:    how + "Whether it is taken depends on something that the tree does not tell: whether a storage class of somebody else's lets claims grow, which class or address an object was given when it named none, what an encrypted Secret holds. Look in the cluster before you merge.",
			Example: "kubectl get storageclass NAME -o jsonpath='{.allowVolumeExpansion}'",
		},
		{
			Code: codeIgnored, Hiding: finding.ByFlags, Title: "a change that stays without effect",
			Text:    how + "The API server takes it, and keeps what was there: a Service that loses its clusterIP: None goes on being headless. The tree then says something else than the cluster, and nothing tells. Let the object be made anew, as `stillsuit explain change/refused` says.",
			Example: "apps: db: patches: anew: {\n\tkind: \"Service\", name: \"db\"\n\tmerge: metadata: annotations: \"kustomize.toolkit.fluxcd.io/force\": \"enabled\"\n}",
		},
		{
			Code: codeDeletes, Hiding: finding.ByFlags, Title: "a change that deletes data",
			Text:    how + "A claim, a namespace or a definition goes from the tree without the annotation kustomize.toolkit.fluxcd.io/prune: disabled, or one that cannot be changed carries the annotation force: Flux deletes it, and with it the volume, what lives in the namespace, or every object of the kind. Those that are generated carry the first annotation; objects written out must say it themselves, in a change before the one that removes them.",
			Example: "apps: web: objects: data: metadata: annotations: \"kustomize.toolkit.fluxcd.io/prune\": \"disabled\"",
		},
		{
			Code: codeLeft, Hiding: finding.ByFlags, Title: "data that is left behind",
			Text:    how + "Claims and namespaces are never deleted with their declaration. So a volume that is renamed, an app that moves to another namespace or gets another name, and a StatefulSet whose number of pods goes over one, begin with empty volumes, beside a claim with the files that nothing mounts. It is a note when nothing takes their place.\n\nCopy the files, or go on with the old claim: existing: \"NAME\" mounts one that nothing here makes. Delete what nobody needs any longer by hand.",
			Example: "apps: notes: volumes: files: {existing: \"notes-data\", mount: \"/data\"}    // instead of size",
		},
	}
}
