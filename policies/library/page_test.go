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

**Parameters** are variables of a policy whose values are a cluster's own. What the cluster knows takes the place of the list in the policy: its domains and those of its authorities, tunnels and workspaces (domains); its meshes (meshClasses, tunnelClasses); cluster.registries (allowedRegistries); its pools, as ranges (pools); its storage classes, and those that lie on no single node (storageClasses, sharedClasses); whom tunnels and meshes lead to, and who holds them (tunnelled, tunnelWorkloads); the boundaries of accounts (boundaries); workspaces and their hosts (namespaces, workspaceHosts); units with SOPS files (encryptedUnits); images that the lock knows for one architecture alone (amd64Images, arm64Images). Any list can be written in [cluster.policies.params](schema/policy.md), by its name, and then is what counts. About a directory that no CUE produced ` + "`stillsuit check --policies`" + ` takes such lists by ` + "`--param`" + `, and without them does not ask the policies that go by what is true of one cluster.

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

## The same verdict as Kyverno

` + "`policies/admission`" + ` judges in CI by Kyverno's rules, and ` + "`tests/oracle/kyverno`" + ` holds its verdicts against Kyverno 1.19.1: whether a policy is about an object, and then pass, fail, skip or error, with the message and the audit annotations, of each policy as it stands (Kyverno ends with the first validation that does not hold) and of each of its validations alone. Kyverno's engine is asked in the same process, with requests as the API server sends them, about

- the objects of the library, sent by Flux and by an agent;
- everything that both reference clusters render to, by all policies;
- 1100 made-up objects by all policies: pods and what makes them with images of all sorts, and objects of the library and of the clusters with something removed, doubled or replaced by what does not belong there;
- made-up policies on made-up objects: scopes, names, exclusions, selectors, conditions, failure policies, variables, lookups, messages, annotations, controllers, every library of CEL, expressions that cost too much, namespaced policies, exceptions of all kinds, and what Kyverno does not admit.

Kyverno's command line is asked about some of these objects too. ` + "`make kyverno`" + ` runs all of it, ` + "`STILLSUIT_ORACLE=full make kyverno`" + ` ten times as much, and ` + "`STILLSUIT_SEED=1 make kyverno`" + ` the same with others made up. Each of 24 mistakes, such as selectors that are ignored, must be noticed, and a test says what to read again when one of the files changes that ` + "`policies/admission`" + ` follows by hand.

These differences are meant:

- **A selector that an object without labels fits** (` + "`objectSelector`" + ` with DoesNotExist or NotIn alone). Kyverno's engine holds it against the old object too, takes that for one without labels when there is none, and so judges every object that is created. In a cluster it is not asked: the API server calls its webhook by the same selector, and for it there is no old object. Here it goes as in a cluster. This is the only difference that the comparison has to allow for.
- **Every validation is judged**, not the first one alone.
- **What cannot be judged here is a finding** and no verdict: a policy that asks a web server, a registry, the API server (also for a kind that its ` + "`autogen`" + ` names), the clock or chance; one for JSON documents; one without validations, which Kyverno lets pass everything; and one without rules, or with a rule that leaves its operations or resources open, which is about nothing.
- **A variable that asks for itself** errs here. ` + "`dyn(variables)`" + ` can do that, and Kyverno's controllers would run out of stack and end.
- **Objects are created.** Updates and deletions are not asked about, and a policy for these alone judges nothing here. ` + "`oldObject`" + ` is an empty object, as Kyverno has it then. In a cluster the API server asks the conditions first, if it knows all that they use, and there ` + "`oldObject`" + ` is null: with the condition ` + "`oldObject != null`" + ` it never calls Kyverno about what is created, and here the policy is asked.
- **Lookups see the whole tree.** A cluster gets the objects one after the other, so that what a policy looks up may come later than the object that it judges. Policies of the library that look something up are for CI alone.
- **What only a running cluster knows is not there:** the identifier of a request, the identifier and credentials of who sends it, its field manager, and what the API server adds to an object, such as defaults (a policy that relies on one is reported), identifiers and times. Nor is what it removes: fields that a kind does not have, and null.
- **A namespace that is not in the tree** is taken to be there, with no label but its name. Of a Namespace that is created ` + "`namespaceObject`" + ` is null, since it is not there yet.
- **Kinds.** Whether an object without a namespace is in ` + "`default`" + ` or of the whole cluster, and how its resource is called, is read from CustomResourceDefinitions in the tree, and otherwise known for the kinds that clusters like these have. An object of another kind is taken at its word.
- **Where Kyverno asks nothing.** It leaves out kube-system and its own namespace (the selectors of its webhooks), and kube-public and kube-node-lease, nodes, API services, events and ReplicaSets (resourceFilters in its ConfigMap). ` + "`" + `stillsuit check` + "`" + `, and the API server with ` + "`" + `pods: "none"` + "`" + `, ask there too. About webhooks and admission policies the API server asks nobody.
- **The end of an exception.** Kyverno looks at it when it compiles the policy (` + "`" + `pkg/cel/engine/exception.go` + "`" + `), so an exception that ends goes on until the policy or one of its exceptions changes, or Kyverno starts anew. ` + "`" + `stillsuit check` + "`" + ` goes by the day.
- **Kyverno's command line** takes an object without a namespace to be in none, a Namespace too, and answers lookups from a file, without labels and without all namespaces. So it is not asked about these.
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
