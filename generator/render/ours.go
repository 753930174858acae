package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/generator/model"
)

// held says in CEL that whoever asks is one of those whom a workspace holds. Whoever
// may do the same in kube-system is not: Flux, the controllers that make pods and
// remove what nobody owns, and administrators.
const held = `!(request.operation == "CREATE" ? ["create", "patch"] : request.operation == "UPDATE" ? ["update", "patch"] : ["delete", "deletecollection"]).exists(v, authorizer.group(request.resource.group).resource(request.resource.resource).namespace("kube-system").check(v).allowed())`

// template says in CEL which pod an object is or makes.
const template = `object.kind == "Pod" ? object : object.kind == "CronJob" ? object.spec.jobTemplate.spec.template : object.spec.template`

// isOurs says in CEL that an object is labelled as what is rendered here.
func isOurs(object string) string {
	return fmt.Sprintf(`%s.metadata.?labels[?%q].orValue("") == %q`, object, labelManagedBy, managedBy)
}

// ours renders the rules by which an app of ours can live in a workspace, and those
// about what its pods ask of nodes beside what Pod Security and quotas know.
func (r *renderer) ours(unit unit, namespace string, at model.Path) {
	r.enforce(unit, namespace, at, "ours", admissionv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{on("*", []string{"*"}, admissionv1.Create, admissionv1.Update, admissionv1.Delete)}},
		MatchConditions:  []admissionv1.MatchCondition{{Name: "held", Expression: held}},
		Validations: []admissionv1.Validation{
			{
				Expression: `[object, oldObject].all(o, o == null || !(` + isOurs("o") + `))`,
				Message:    fmt.Sprintf("only Flux makes, changes and removes what is labelled %s: %s in workspace %s", labelManagedBy, managedBy, namespace),
			},
			{
				// Flux looks for them on what it finds in the cluster too, and then leaves it
				// as it is (github.com/fluxcd/pkg, ssa/manager_apply.go, shouldSkipApply).
				Expression: `object == null || [object.metadata.?labels.orValue({}), object.metadata.?annotations.orValue({})].all(m, m.all(k, !k.contains("toolkit.fluxcd.io/")))`,
				Message:    fmt.Sprintf("labels and annotations in workspace %s carry no orders to Flux", namespace),
			},
		},
	})
	pods := on("", []string{"pods", "replicationcontrollers"}, admissionv1.Create, admissionv1.Update)
	apps := on("apps", []string{"daemonsets", "deployments", "replicasets", "statefulsets"}, admissionv1.Create, admissionv1.Update)
	jobs := on("batch", []string{"cronjobs", "jobs"}, admissionv1.Create, admissionv1.Update)
	r.enforce(unit, namespace, at, "labels", admissionv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{pods, apps, jobs}},
		MatchConditions:  []admissionv1.MatchCondition{{Name: "held", Expression: held}},
		Variables:        []admissionv1.Variable{{Name: "labels", Expression: `(` + template + `).?metadata.?labels.orValue({})`}},
		Validations: []admissionv1.Validation{{
			Expression: celMaps(r.selectorsIn(namespace)) + `.all(s, !s.all(k, k in variables.labels && variables.labels[k] == s[k]))`,
			Message:    fmt.Sprintf("pods of others in workspace %s carry no labels of ours: Services and network policies know pods by them", namespace),
		}},
	})
	r.enforce(unit, namespace, at, "pods", admissionv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{on("", []string{"pods"}, admissionv1.Create, admissionv1.Update)}},
		MatchConditions: []admissionv1.MatchCondition{
			{Name: "not-ours", Expression: `!(` + isOurs("object") + `)`},
			{Name: "changed", Expression: `request.operation == "CREATE" || object.spec != oldObject.spec`},
		},
		Variables:   podVariables(),
		Validations: r.podRules(namespace),
	})
}

// podRules are in CEL, over a Pod that is no app's of ours.
func (r *renderer) podRules(namespace string) []admissionv1.Validation {
	rules := []admissionv1.Validation{
		{
			// The scheduler names it later, by the subresource binding.
			Expression: `request.operation != "CREATE" || object.spec.?nodeName.orValue("") == ""`,
			Message:    fmt.Sprintf("a pod of workspace %s names no node: it would pass by the scheduler, and every taint", namespace),
		},
		{
			Expression: `object.spec.?tolerations.orValue([]).all(t, t.?key.orValue("").startsWith("node.kubernetes.io/"))`,
			Message:    fmt.Sprintf("a pod of workspace %s tolerates no taints but those that controllers set (node.kubernetes.io/)", namespace),
		},
		{
			Expression: `object.spec.?runtimeClassName.orValue("") == ""`,
			Message:    fmt.Sprintf("a pod of workspace %s has no runtimeClassName: some runtimes hand out the devices of a node", namespace),
		},
		{
			Expression: `variables.volumes.all(v, !has(v.csi))`,
			Message:    fmt.Sprintf("a pod of workspace %s has no volume of a driver (csi)", namespace),
		},
	}
	if declared := r.d.Namespaces[namespace].Quota; declared == nil || declared.Storage == nil {
		rules = append(rules, admissionv1.Validation{
			Expression: `variables.volumes.all(v, !has(v.ephemeral))`,
			Message:    fmt.Sprintf("a pod of workspace %s makes no claim (ephemeral): its quota has no storage", namespace),
		})
	}
	claims, secrets := r.keptIn(namespace)
	if len(claims) > 0 {
		rules = append(rules, admissionv1.Validation{
			Expression: `variables.volumes.all(v, !(v.?persistentVolumeClaim.?claimName.orValue("") in ` + celList(claims) + `))`,
			Message:    fmt.Sprintf("a pod of workspace %s mounts no claim of ours", namespace),
		})
	}
	if len(secrets) > 0 {
		free := func(name string) string { return `!(` + name + ` in ` + celList(secrets) + `)` }
		rules = append(rules, admissionv1.Validation{
			Expression: `variables.volumes.all(v, ` + free(`v.?secret.?secretName.orValue("")`) + ` && v.?projected.?sources.orValue([]).all(s, ` + free(`s.?secret.?name.orValue("")`) + `)) && ` +
				`variables.containers.all(c, c.?env.orValue([]).all(e, ` + free(`e.?valueFrom.?secretKeyRef.?name.orValue("")`) + `) && c.?envFrom.orValue([]).all(e, ` + free(`e.?secretRef.?name.orValue("")`) + `))`,
			Message: fmt.Sprintf("a pod of workspace %s reads no Secret of ours", namespace),
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

// keptIn are the claims and Secrets of our apps in a namespace, by name. Pods of charts
// are not told apart from those of others.
func (r *renderer) keptIn(namespace string) (claims, secrets []string) {
	for id := range r.byID {
		if id.Namespace == namespace && id.Group == "" && id.Kind == kindClaim.Kind {
			claims = append(claims, id.Name)
		}
	}
	for _, app := range sorted(r.apps) {
		if declared := r.d.Apps[app]; declared.Namespace == namespace {
			for _, alias := range sorted(declared.Secrets) {
				if s := r.secrets[app+"/"+alias]; s != nil {
					secrets = append(secrets, s.name)
				}
			}
		}
	}
	slices.Sort(claims)
	slices.Sort(secrets)
	return claims, slices.Compact(secrets)
}

// selectorsIn are the labels by which what is rendered here, and what charts bring,
// knows pods of a namespace.
func (r *scope) selectorsIn(namespace string) []map[string]string {
	out := []map[string]string{{labelManagedBy: managedBy}}
	for _, p := range r.lives[namespace] {
		out = append(out, p.selector)
		for _, at := range p.ports {
			out = append(out, p.selectorAt(at))
		}
	}
	return slices.DeleteFunc(out, func(s map[string]string) bool { return len(s) == 0 })
}

// celMaps is a list of maps, each once, in the order of their text.
func celMaps(all []map[string]string) string {
	var out []string
	for _, m := range all {
		var entries []string
		for _, k := range sorted(m) {
			entries = append(entries, strconv.Quote(k)+": "+strconv.Quote(m[k]))
		}
		out = append(out, "{"+strings.Join(entries, ", ")+"}")
	}
	slices.Sort(out)
	return "[" + strings.Join(slices.Compact(out), ", ") + "]"
}
