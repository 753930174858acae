package checks

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// dayForm is how a day is written.
const dayForm = "2006-01-02"

// judge gives each report its place, and leaves out what is suppressed or not
// asked for. It adds what is wrong with the suppressions themselves: codes are those
// of all checkers, made those of the checkers that came to an end.
func judge(s *inventory.Subject, reports []report, codes, made []string, opts *Options) []finding.Finding {
	sound, out := suppressions(s, codes, opts)
	used := map[string]bool{}
	for _, r := range reports {
		hidden := false
		for _, name := range slices.Sorted(maps.Keys(sound)) {
			if covers(sound[name], r) {
				hidden, used[name] = true, true
			}
		}
		if !hidden && opts.Wants(r.Code) {
			r.Place, r.Path = s.Places.Locate(r.at)
			if r.Policy = r.at.Policy; r.Policy != "" && r.at.Object != nil { // a policy may write what it likes
				r.Hide(r.at.Object.Secrets())
			}
			out = append(out, r.Finding)
		}
	}
	for name, suppression := range sound {
		if used[name] || !slices.Contains(made, suppression.Code) {
			continue // a code of a checker that was not run to its end may well be found
		}
		out = suppressionFinding(s, out, opts, finding.Warning, name, "", "check/suppression-unused",
			fmt.Sprintf("suppression %s is about %s", name, suppression.Code), "no such finding is left", "remove it: it would hide the next one")
	}
	return out
}

// suppressions are those that hold, and findings about the others.
func suppressions(s *inventory.Subject, codes []string, opts *Options) (map[string]*model.Suppression, []finding.Finding) {
	var out []finding.Finding
	sound := map[string]*model.Suppression{}
	for _, name := range slices.Sorted(maps.Keys(s.Suppressions)) {
		given := s.Suppressions[name]
		wrong := func(field, code, fact, contrast, mend string) {
			out = suppressionFinding(s, out, opts, finding.Error, name, field, code, fact, contrast, mend)
		}
		_, err := time.Parse(dayForm, given.Until)
		switch {
		case given.Code == "" || given.Reason == "" || given.Until == "":
			wrong("", "check/suppression", fmt.Sprintf("suppression %s lacks %s", name, missing(given)), "a finding is accepted for a reason and until a day, or it is forgotten", "add it")
		case err != nil:
			wrong("until", "check/suppression", fmt.Sprintf("suppression %s holds until %s", name, given.Until), "there is no such day", "correct it")
		case !slices.Contains(codes, given.Code):
			mend := finding.DidYouMean(given.Code, codes, "name one that `stillsuit explain` lists for a check")
			wrong("code", "check/suppression", fmt.Sprintf("suppression %s is about %s", name, given.Code), "no check reports that", mend)
		case given.App == "" && given.Kind == "" && given.Namespace == "" && given.Name == "" && given.Node == "":
			what, mend := "app, object", `add app: "…", or kind and name of an object`
			if s.Cluster == nil { // there are no apps
				what, mend = "object", "add kind and name of an object"
			}
			wrong("", "check/suppression", fmt.Sprintf("suppression %s says no %s or node", name, what), "it would hide every finding of its code, those to come included", mend)
		case given.Until < opts.Today || opts.Today == "":
			wrong("until", "check/suppression-expired", fmt.Sprintf("suppression %s ended on %s", name, given.Until), "what it was about may still be there, and is reported again", "mend that and remove it, or give it a later day")
		default:
			sound[name] = given
		}
	}
	return sound, out
}

func suppressionFinding(s *inventory.Subject, out []finding.Finding, opts *Options, severity finding.Severity, name, field, code, fact, contrast, mend string) []finding.Finding {
	if !opts.Wants(code) {
		return out
	}
	labels := []string{"suppress", name}
	if field != "" {
		labels = append(labels, field)
	}
	f := finding.Finding{Code: code, Severity: severity, Fact: fact, Contrast: contrast, Mend: mend}
	f.Place, f.Path = s.Places.Locate(inventory.Spot{Labels: labels})
	return append(out, f)
}

func missing(s *model.Suppression) string {
	switch {
	case s.Code == "":
		return "code"
	case s.Reason == "":
		return "reason"
	}
	return "until"
}

// covers reports whether a suppression is about the report: all that it says fits.
func covers(s *model.Suppression, r report) bool {
	if s.Code != r.Code {
		return false
	}
	fields := map[string]string{"kind": "", "namespace": "", "name": "", "app": "", "node": r.at.Node, "policy": r.at.Policy}
	if o := r.at.Object; o != nil {
		fields["kind"], fields["namespace"], fields["name"] = o.Kind, o.Namespace, o.Name
		if len(o.Origin) > 1 && (o.Origin[0] == "apps" || o.Origin[0] == "charts") {
			fields["app"] = o.Origin[1]
		}
	}
	if len(r.at.Entry) > 1 && (r.at.Entry[0] == "apps" || r.at.Entry[0] == "charts") {
		fields["app"] = r.at.Entry[1]
	}
	for field, pattern := range map[string]string{"kind": s.Kind, "namespace": s.Namespace, "name": s.Name, "app": s.App, "node": s.Node, "policy": s.Policy} {
		if fits, err := path.Match(pattern, fields[field]); pattern != "" && (err != nil || !fits) {
			return false
		}
	}
	return true
}
