package flux

import "stillsuit.dev/finding"

// Codes documents the findings about trees that no CUE produced.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "foreign/refused", Title: "something in the tree is not read",
			Text:    "A tree is read through the root of its repository and nothing else: no URL is fetched, no plugin or helm is run, no path or symbolic link out of the repository is followed, and YAML that would take a machine's memory is not parsed. Kustomize does most of that when asked to build, so such a tree is refused before it is built.",
			Example: "resources:\n- https://example.com/app.yaml    # copy it into the tree",
		},
		{
			Code: "foreign/missing", Title: "a file is needed and not there",
			Text:    "A kustomization names a file or directory that the repository does not have, so Flux could not build it.",
			Example: "resources:\n- deploymnet.yaml    # deployment.yaml",
		},
		{
			Code: "foreign/build", Title: "a kustomization that cannot be built",
			Text:    "Kustomize, with the settings that Flux uses, gives this error. Nothing that the kustomization would make is checked.",
			Example: "resources:\n- service.yaml\n- service.yaml    # twice",
		},
		{
			Code: "foreign/syntax", Title: "a file that is no YAML",
			Text:    "The file cannot be parsed, so nothing in it is checked.",
			Example: "kind: Deployment\n metadata:    # one space too many",
		},
		{
			Code: "foreign/no-object", Title: "YAML that is no Kubernetes object",
			Text:    "In a directory without a kustomization.yaml Flux takes every YAML file, and fails on one without apiVersion and kind.",
			Example: "replicas: 2    # the values of a chart: keep them elsewhere",
		},
		{
			Code: "foreign/undecodable", Title: "an object that does not fit its kind",
			Text:    "The API server would refuse it, and it cannot be judged here.",
			Example: "kind: Deployment\nspec: {replicas: \"two\"}    # 2",
		},
		{
			Code: "foreign/twice", Title: "an object is in the tree twice",
			Text:    "Two files have an object of the same kind, namespace and name. Flux cannot build a directory with both. Where two Flux Kustomizations apply it and differ, each reverts what the other one applied, for as long as both exist. In directories that no Flux Kustomization applies it is a note: they may be of two clusters, and only the first object is checked.",
			Example: "kind: Service\nmetadata: {name: web, namespace: home}    # in two files",
		},
		{
			Code: "foreign/not-here", Title: "Flux applies something from another repository",
			Text:    "A Flux Kustomization names a directory that this repository does not have. What it applies is not checked.",
			Example: "spec: {path: ./apps, sourceRef: {kind: GitRepository, name: other}}",
		},
		{
			Code: "foreign/not-applied", Title: "Flux applies some files nowhere",
			Plural:  "%d directories have files that Flux applies nowhere",
			Text:    "Where Flux Kustomizations name directories of the repository, only those are read, and what lies beside the Kustomizations that are applied by hand. Other files with Kubernetes objects are not checked.",
			Example: "spec: {path: ./apps}    # and not ./old",
		},
		{
			Code: "foreign/suspended", Title: "a Flux Kustomization is suspended",
			Plural:  "%d Flux Kustomizations are suspended",
			Text:    "Flux does not apply what a Kustomization with `suspend: true` names, so it is not checked. The objects that it applied before stay in the cluster.",
			Example: "spec: {suspend: true}    # remove it to have the unit checked",
		},
		{
			Code: "foreign/substitution", Title: "Flux cannot replace a variable",
			Plural:  "%d objects have variables that Flux cannot replace",
			Text:    "With postBuild, Flux replaces ${NAME} in every object of the unit, scripts and comments in them included. Since 2.9 it refuses a variable that nothing sets and that has no default, and then applies nothing of the unit. `$${NAME}` stays as `${NAME}`, and an object with the label or annotation kustomize.toolkit.fluxcd.io/substitute: disabled stays as it is.",
			Example: "replicas: ${REPLICAS:=1}    # or postBuild: {substitute: {REPLICAS: \"1\"}}",
		},
		{
			Code: "foreign/no-nodes", Title: "the nodes are unknown",
			Text:    "Where pods may run is known only with the nodes. They are read from what kubectl writes.",
			Example: "kubectl get nodes -o yaml > nodes.yaml && stillsuit check --nodes nodes.yaml clusters/home",
		},
		{
			Code: "foreign/empty", Title: "a directory without objects",
			Text:    "Nothing that Kubernetes knows is in it: no YAML with apiVersion and kind, and no kustomization that builds to any.",
			Example: "stillsuit check docs    # the directory with the manifests",
		},
	}
}
