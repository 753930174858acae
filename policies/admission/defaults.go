package admission

import (
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
)

// fillings are the fields that the API server fills in, by resource: Kubernetes 1.36,
// pkg/apis/*/v1/defaults.go. Fields of charts and other kinds have none that is known.
func fillings(resource string) []string {
	pod := []string{
		"dnsPolicy", "restartPolicy", "terminationGracePeriodSeconds", "schedulerName", "enableServiceLinks",
		"imagePullPolicy", "terminationMessagePath", "terminationMessagePolicy", "protocol", "defaultMode",
		"periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold", "serviceAccountName",
	}
	switch resource {
	case "pods":
		return pod
	case "deployments":
		return append(pod, "replicas", "strategy", "revisionHistoryLimit", "progressDeadlineSeconds")
	case "statefulsets":
		return append(pod, "replicas", "updateStrategy", "podManagementPolicy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy")
	case "daemonsets":
		return append(pod, "updateStrategy", "revisionHistoryLimit")
	case "replicasets", "replicationcontrollers":
		return append(pod, "replicas")
	case "jobs":
		return append(pod, "completions", "parallelism", "backoffLimit", "completionMode", "suspend", "podReplacementPolicy")
	case "cronjobs":
		return append(pod, "concurrencyPolicy", "suspend", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "completions", "parallelism", "backoffLimit", "completionMode")
	case "services":
		return []string{"type", "sessionAffinity", "protocol", "targetPort", "internalTrafficPolicy", "externalTrafficPolicy", "ipFamilyPolicy", "ipFamilies", "allocateLoadBalancerNodePorts", "clusterIP", "clusterIPs"}
	case "persistentvolumeclaims":
		return []string{"volumeMode", "storageClassName"}
	case "persistentvolumes":
		return []string{"volumeMode", "persistentVolumeReclaimPolicy"}
	case "storageclasses":
		return []string{"reclaimPolicy", "volumeBindingMode"}
	case "networkpolicies":
		return []string{"policyTypes", "protocol"}
	}
	return nil
}

// MissingDefault is the field for want of which an expression erred about an object of
// a kind, when it is one that the API server fills in; else empty.
func MissingDefault(kind string, err error) string {
	_, field, ok := strings.Cut(err.Error(), "no such key: ")
	if !ok {
		return ""
	}
	field, _, _ = strings.Cut(field, " ")
	if field = strings.TrimSpace(field); !slices.Contains(fillings(Resource(kind)), field) {
		return ""
	}
	return field
}

// Reliance is a use of a field that the API server fills in.
type Reliance struct {
	// At is the expression: spec.validations[0].expression.
	At string
	// Field is the one that is read, or whose presence is asked for.
	Field string
}

// Reliances are the uses of fields by a policy that the API server fills in, other
// than .?field.orValue(…), which allows for their absence; none of one that did not
// compile.
func (e *Evaluator) Reliances(of *Policy) []Reliance {
	for _, p := range e.programs {
		if p.policy == of {
			return p.reliances()
		}
	}
	return nil
}

func (p *program) reliances() []Reliance {
	var fields []string
	for _, r := range p.policy.Spec.MatchConstraints.ResourceRules {
		for _, resource := range r.Resources {
			fields = append(fields, fillings(resource)...)
		}
	}
	var out []Reliance
	for _, e := range p.forms[0].expressions {
		for _, field := range relied(e.checked, fields) {
			out = append(out, Reliance{e.at, field})
		}
	}
	return out
}

// relied are the fields of a list that an expression asks the presence of, or reads as
// if they were there and nowhere otherwise.
func relied(checked *cel.Ast, fields []string) []string {
	var out []string
	var allowedFor []string
	nav := ast.NavigateAST(checked.NativeRep())
	for _, e := range ast.MatchDescendants(nav, ast.FunctionMatcher("_?._")) {
		name, _ := e.AsCall().Args()[1].AsLiteral().Value().(string)
		allowedFor = append(allowedFor, name)
	}
	for _, e := range ast.MatchDescendants(nav, ast.KindMatcher(ast.SelectKind)) {
		name := e.AsSelect().FieldName()
		guarded := slices.Contains(allowedFor, name) && !e.AsSelect().IsTestOnly()
		if slices.Contains(fields, name) && !guarded && !behindOptional(e) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// behindOptional reports a field that is selected of what may not be there:
// x.?spec.replicas.
func behindOptional(e ast.NavigableExpr) bool {
	t := e.Type()
	return t != nil && strings.HasPrefix(t.String(), "optional")
}
