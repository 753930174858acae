package e2e_test

import (
	"os"
	"regexp"
	"slices"

	"stillsuit.dev/finding"
)

// explanation says why the API server and stillsuit may answer otherwise about a class of
// mutants.
type explanation struct {
	class  string // a pattern
	strict bool   // stillsuit refuses what the server accepts; or the reverse
	why    string
	full   bool // only the full comparison has such mutants
}

// explanations are the differences that are known: where the API server lets in what fails
// later, and where it depends on a flag of the API server.
func explanations() []explanation {
	return []explanation{
		{`(volumeClaimTemplates\.\*|jobTemplate)\.metadata\.(labels|annotations)`, true, "object/label: the server looks when the controller makes the claim or the Job, which it then refuses", true},
		{`: (added: )?beyond 32 bits$`, true, "object/amount: the server wraps the number around", true},
		{`: (added: )?(value: )?large$`, true, "object/amount: Kubernetes cannot count that much", true},
		{`ephemeral\.volumeClaimTemplate\.spec\.resources\.requests: value: negative$`, true, "object/amount: the server looks when the controller makes the claim, which it then refuses", true},
		{`v1 PersistentVolumeClaim spec\.resources\.limits\.\*: number$`, true, "object/small-amount: nothing has room in a volume of two bytes", true},
		{`(PodDisruptionBudget|CertificateSigningRequest) metadata\.name: `, true, "object/name: the server has no rule for the names of these kinds, and every name of an object is a part of a URL", true},
		{`HorizontalPodAutoscaler spec\.minReplicas: zero$`, false, "an API server with the feature gate HPAScaleToZero takes it, so it is a warning", true},
		{`velero.io/v1 Schedule spec.schedule: `, true, "object/schedule: Velero refuses it", true},
		{`^versions.txtar .* storage.k8s.io/v1beta1 VolumeAttributesClass`, false, "apiserver/version-off: an API server that --runtime-config tells to serves the version, so it is a warning", false},
		{`^repository.txtar .* HorizontalPodAutoscaler web$`, false, "an API server with the feature gate HPAScaleToZero takes it, so it is a warning", false},
		{`^mistakes.txt .* Gadget w$`, false, "apiserver/no-schema: which kinds a cluster has besides those of its repository is not known, so it is a note", false},
		{`milli-bytes of memory$`, true, "object/small-amount: the server rounds it up to one byte, with which no container starts", false},
	}
}

// explains reports whether an explanation is about a verdict: one that differs, or may.
func (e explanation) explains(v *verdict, refused bool) bool {
	return e.strict == refused && regexp.MustCompile(e.class).MatchString(v.name)
}

// explained reports whether a difference is known.
func (v *verdict) explained(refused bool) bool {
	return slices.ContainsFunc(explanations(), func(e explanation) bool { return e.explains(v, refused) })
}

// unneeded are the explanations of no difference. STILLSUIT_ORACLE=full wants those too that
// only the full comparison needs.
func unneeded(all []*verdict) []string {
	var out []string
	for _, e := range explanations() {
		if (!e.full || os.Getenv("STILLSUIT_ORACLE") == "full") && !slices.ContainsFunc(all, func(v *verdict) bool {
			refused := v.refused("")
			return refused != (v.strict != "") && e.explains(v, refused)
		}) {
			out = append(out, e.class)
		}
	}
	return out
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
