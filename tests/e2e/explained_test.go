package e2e_test

import (
	"regexp"

	"stillsuit.dev/finding"
)

// explanation says why the API server and stillsuit may answer otherwise about a class of
// mutants.
type explanation struct {
	class  string // a pattern
	strict bool   // stillsuit refuses what the server accepts; or the reverse
	why    string
}

// explanations are the differences that are known.
func explanations() []explanation {
	return []explanation{
		{`topologyKey: |nodeAffinity\..*values|allowedTopologies\..*values|matchLabelExpressions`, true, "object/label: the server does not look at the label, and no node can have it"},
		{`(volumeClaimTemplates\.\*|jobTemplate)\.metadata\.(labels|annotations)`, true, "object/label: the server looks when the controller makes the claim or the Job, which it then refuses"},
		{`: (added: )?beyond 32 bits$`, true, "object/amount: the server wraps the number around"},
		{`: (added: )?(value: )?large$`, true, "object/amount: Kubernetes cannot count that much"},
		{`maximumVolumeSize: negative`, true, "object/amount: the server does not look at the sign"},
		{`velero.io/v1 Schedule spec.schedule: `, true, "object/schedule: Velero refuses it"},
		{`milli-bytes of memory$`, true, "object/small-amount: the server rounds it up to one byte, with which no container starts"},
	}
}

// explained reports whether a difference is known.
func (v *verdict) explained(refused bool) bool {
	for _, e := range explanations() {
		if e.strict == refused && regexp.MustCompile(e.class).MatchString(v.name) {
			return true
		}
	}
	return false
}

// disagreements are the verdicts of the API server and of stillsuit, without its findings of
// some code, that differ without an explanation.
func disagreements(all []*verdict, without finding.Code) []string {
	var out []string
	for _, v := range all {
		if refused := v.refused(without); refused != (v.strict != "") && !v.explained(refused) {
			out = append(out, v.String())
		}
	}
	return out
}
