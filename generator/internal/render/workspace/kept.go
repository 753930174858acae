package workspace

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/workspaces"
)

// held says in CEL that whoever asks is one of those whom a workspace holds. Whoever
// may do the same in kube-system is not: Flux, the controllers that make pods and
// remove what nobody owns, and administrators.
const held = `!(request.operation == "CREATE" ? ["create", "patch"] : request.operation == "UPDATE" ? ["update", "patch"] : ["delete", "deletecollection"]).exists(v, authorizer.group(request.resource.group).resource(request.resource.resource).namespace("kube-system").check(v).allowed())`

// template says in CEL which pod an object is or makes.
const template = `object.kind == "Pod" ? object : object.kind == "CronJob" ? object.spec.jobTemplate.spec.template : object.spec.template`

// isOurs says in CEL that an object is labelled as what is rendered here.
func isOurs(object string) string {
	return fmt.Sprintf(`%s.metadata.?labels[?%q].orValue("") == %q`, object, labels.ManagedBy, labels.Stillsuit)
}

// ours are the rules by which an app of ours can live in a workspace, and those
// about what its pods ask of nodes beside what Pod Security and quotas know.
func ours(ns *workspaces.Namespace) []object.Made {
	namespace := ns.Name
	out := enforce(ns, "ours", admissionv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{on("*", []string{"*"}, admissionv1.Create, admissionv1.Update, admissionv1.Delete)}},
		MatchConditions:  []admissionv1.MatchCondition{{Name: "held", Expression: held}},
		Validations: []admissionv1.Validation{
			{
				Expression: `[object, oldObject].all(o, o == null || !(` + isOurs("o") + `))`,
				Message:    fmt.Sprintf("objects with the label %s: %s in workspace %s must be created, changed and deleted by Flux", labels.ManagedBy, labels.Stillsuit, namespace),
			},
			{
				// Flux looks for them on what it finds in the cluster too, and then leaves it
				// as it is (github.com/fluxcd/pkg, ssa/manager_apply.go, shouldSkipApply).
				Expression: `object == null || [object.metadata.?labels.orValue({}), object.metadata.?annotations.orValue({})].all(m, m.all(k, !k.contains("toolkit.fluxcd.io/")))`,
				Message:    fmt.Sprintf("labels and annotations in workspace %s must not give instructions to Flux", namespace),
			},
		},
	})
	pods := on("", []string{"pods", "replicationcontrollers"}, admissionv1.Create, admissionv1.Update)
	apps := on("apps", []string{"daemonsets", "deployments", "replicasets", "statefulsets"}, admissionv1.Create, admissionv1.Update)
	jobs := on("batch", []string{"cronjobs", "jobs"}, admissionv1.Create, admissionv1.Update)
	out = append(out, enforce(ns, "labels", admissionv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{pods, apps, jobs}},
		MatchConditions:  []admissionv1.MatchCondition{{Name: "held", Expression: held}},
		Variables:        []admissionv1.Variable{{Name: "labels", Expression: `(` + template + `).?metadata.?labels.orValue({})`}},
		Validations: []admissionv1.Validation{{
			Expression: celMaps(ns.Workspace.Selectors) + `.all(s, !s.all(k, k in variables.labels && variables.labels[k] == s[k]))`,
			Message:    fmt.Sprintf("pods in workspace %s must not have the labels of stillsuit's apps, because Services and NetworkPolicies select by them", namespace),
		}},
	})...)
	return append(out, enforce(ns, "pods", admissionv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{on("", []string{"pods"}, admissionv1.Create, admissionv1.Update)}},
		MatchConditions: []admissionv1.MatchCondition{
			{Name: "not-ours", Expression: `!(` + isOurs("object") + `)`},
			{Name: "changed", Expression: `request.operation == "CREATE" || object.spec != oldObject.spec`},
		},
		Variables:   podVariables(),
		Validations: podRules(ns),
	})...)
}

// podRules are in CEL, over a Pod that is no app's of ours.
func podRules(ns *workspaces.Namespace) []admissionv1.Validation {
	namespace := ns.Name
	rules := []admissionv1.Validation{
		{
			// The scheduler names it later, by the subresource binding.
			Expression: `request.operation != "CREATE" || object.spec.?nodeName.orValue("") == ""`,
			Message:    fmt.Sprintf("pods in workspace %s must not set spec.nodeName, which bypasses the scheduler and all taints", namespace),
		},
		{
			Expression: `object.spec.?tolerations.orValue([]).all(t, t.?key.orValue("").startsWith("node.kubernetes.io/"))`,
			Message:    fmt.Sprintf("pods in workspace %s must tolerate only the taints that controllers set (node.kubernetes.io/)", namespace),
		},
		{
			Expression: `object.spec.?runtimeClassName.orValue("") == ""`,
			Message:    fmt.Sprintf("pods in workspace %s must not set runtimeClassName, because some runtimes give access to the devices of the node", namespace),
		},
		{
			Expression: `variables.volumes.all(v, !has(v.csi))`,
			Message:    fmt.Sprintf("pods in workspace %s must not use csi volumes", namespace),
		},
	}
	if ns.Declared.Quota == nil || ns.Declared.Quota.Storage == nil {
		rules = append(rules, admissionv1.Validation{
			Expression: `variables.volumes.all(v, !has(v.ephemeral))`,
			Message:    fmt.Sprintf("pods in workspace %s must not use ephemeral volumes, because its quota has no storage", namespace),
		})
	}
	claims, secrets := ns.Workspace.Claims, ns.Workspace.Secrets
	if len(claims) > 0 {
		rules = append(rules, admissionv1.Validation{
			Expression: `variables.volumes.all(v, !(v.?persistentVolumeClaim.?claimName.orValue("") in ` + celList(claims) + `))`,
			Message:    fmt.Sprintf("pods in workspace %s must not mount the claims of stillsuit's apps", namespace),
		})
	}
	if len(secrets) > 0 {
		free := func(name string) string { return `!(` + name + ` in ` + celList(secrets) + `)` }
		rules = append(rules, admissionv1.Validation{
			Expression: `variables.volumes.all(v, ` + free(`v.?secret.?secretName.orValue("")`) + ` && v.?projected.?sources.orValue([]).all(s, ` + free(`s.?secret.?name.orValue("")`) + `)) && ` +
				`variables.containers.all(c, c.?env.orValue([]).all(e, ` + free(`e.?valueFrom.?secretKeyRef.?name.orValue("")`) + `) && c.?envFrom.orValue([]).all(e, ` + free(`e.?secretRef.?name.orValue("")`) + `))`,
			Message: fmt.Sprintf("pods in workspace %s must not read the Secrets of stillsuit's apps", namespace),
		})
	}
	return rules
}

// podVariables are in CEL, over a Pod.
func podVariables() []admissionv1.Variable {
	return []admissionv1.Variable{
		{Name: "volumes", Expression: `object.spec.?volumes.orValue([])`},
		{Name: "containers", Expression: `object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])`},
	}
}

// celMaps is a list of maps, each once, in the order of their text.
func celMaps(all []map[string]string) string {
	var out []string
	for _, m := range all {
		var entries []string
		for _, k := range slices.Sorted(maps.Keys(m)) {
			entries = append(entries, strconv.Quote(k)+": "+strconv.Quote(m[k]))
		}
		out = append(out, "{"+strings.Join(entries, ", ")+"}")
	}
	slices.Sort(out)
	return "[" + strings.Join(slices.Compact(out), ", ") + "]"
}
