package library_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// page is docs/policies.md.
func page(all []policy) string {
	var b strings.Builder
	b.WriteString(`# Policies

<!-- Made by go test ./policies/library -update. -->

The library holds Kyverno policies for small clusters: ` + fmt.Sprint(len(all)) + ` ValidatingPolicies of policies.kyverno.io/v1. Each lies in its folder below [policies/library](../policies/library), with objects that it lets pass, objects that it refuses, and a test that the Kyverno CLI runs as it is. The policy itself says why it matters on a small cluster and how to mend what it finds.

**Where** says where a policy is judged. What is judged in both gets the same verdict in both. One about who deploys is judged in the cluster alone, where that is known. A policy is judged in CI alone when the API server fills in what it asks for, when charts could not keep to it, or when it looks at other objects: these may arrive after the one that it judges.

**Sets** choose among the policies. baseline is what every cluster can keep to, and restricted holds all of it and more. homelab is about small machines: memory, disks, architectures, and evenings.

**Parameters** are variables of a policy whose values are a cluster's own. What the cluster knows takes the place of the list in the policy: its domains and those of its authorities, tunnels and workspaces (domains); its meshes (meshClasses, tunnelClasses); cluster.registries (allowedRegistries); its pools, as ranges (pools); its storage classes, and those that lie on no single node (storageClasses, sharedClasses); whom tunnels and meshes lead to, and who holds them (tunnelled, tunnelWorkloads); the boundaries of accounts (boundaries); workspaces and their hosts (namespaces, workspaceHosts); units with SOPS files (encryptedUnits); images that the lock knows for one architecture alone (amd64Images, arm64Images). Any list can be written in [cluster.policies.params](schema/policy.md), by its name, and then is what counts.

## Without Kyverno

Kyverno's pods take memory that a small cluster may not have. The API server itself can judge by ValidatingAdmissionPolicies, without a pod of its own: a cluster says ` + "`pods: \"none\"`" + ` in ` + "`cluster.policies`" + `. In each folder of a policy that is judged in the cluster, ` + "`native.yaml`" + ` holds it in that form: for what it is about, and where that is pods, also for Deployments and the like (` + "`-controllers`" + `) and for CronJobs (` + "`-cronjobs`" + `), as Kyverno would ask it of them. It is made from policy.yaml, compiled as Kubernetes 1.30 does, and gives the same verdict on everything that is created: ` + "`make oracle`" + ` asks the API server's own plugin. What differs:

- An update is judged only when it changes what the policy looks at. So finalizers of what was there before can be removed, and a Deployment that was mended can shrink its old ReplicaSet.
- It is the API server that judges, and it is never away: what cannot be judged is refused (` + "`failurePolicy: Fail`" + `).
- The message ends with what to do.
- Exceptions are conditions of the policy, by the name ` + "`except/NAME`" + `. CEL has no clock, so their last day is held against the time at which the API server creates an object: what was created before may still be changed.
- workspace-hosts is not rendered: every workspace has rules about its hosts that say the same and more.
- Nothing is reported of what lies in the cluster already, and what charts make is not known before they make it: begin with Audit, and read what a chart does before its pods are refused. With Audit, a refusal is a warning to whoever made the request, and an entry in the API server's audit log, where it has one.
- A policy that is judged in CI alone stays there. So does all that Kyverno can do and a ValidatingAdmissionPolicy cannot: look at other objects, verify images, change or generate objects.

## How they are tested

Each object in good.yaml passes. One in bad.yaml says in its annotation ` + "`policies.stillsuit.dev/fails`" + ` which of the policy's validations it fails, counted from 0, and each validation has an object that fails it alone. An object with ` + "`policies.stillsuit.dev/skipped`" + ` is not judged, for the reason that stands there. ` + "`make kyverno`" + ` asks Kyverno's command line and its engine whether that is so, compares the policies about Pod Security with the checks of the API server on 1500 pods, and has the API server's own evaluator judge what is not for CI alone.

To add a policy, write its folder with policy.yaml, good.yaml and bad.yaml; ` + "`make golden`" + ` writes its kyverno-test.yaml and the line on this page.
`)
	for _, category := range categories(all) {
		fmt.Fprintf(&b, "\n## %s\n\n| policy | what it asks for | severity | where | sets | parameters |\n|---|---|---|---|---|---|\n", category)
		for _, p := range all {
			if p.Annotations["policies.kyverno.io/category"] != category {
				continue
			}
			a := func(name string) string { return p.Annotations[name] }
			fmt.Fprintf(&b, "| [%s](../policies/library/%s/policy.yaml) | %s | %s | %s | %s | %s |\n", p.Name, p.Name, a("policies.kyverno.io/title"),
				a("policies.kyverno.io/severity"), a("policies.stillsuit.dev/where"), a("policies.stillsuit.dev/sets"), a("policies.stillsuit.dev/params"))
		}
	}
	return b.String()
}

// categories are those of the policies, sorted.
func categories(all []policy) []string {
	var names []string
	for _, p := range all {
		names = append(names, p.Annotations["policies.kyverno.io/category"])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestPage(t *testing.T) {
	compare(t, "../../docs/policies.md", page(library(t)))
}
