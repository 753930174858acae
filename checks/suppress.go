package checks

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// judge gives each report its place, and leaves out what is suppressed or not asked for.
// It adds what is wrong with the suppressions themselves: known documents the codes that
// they may be about, and made are those that were looked for everywhere.
func judge(s *inventory.Subject, reports []report, known []finding.CodeDoc, made []finding.Code, opts *Options) []finding.Finding {
	sound, wrong := suppressions(s, known, opts)
	out, used := hide(s, reports, sound, opts)
	out = append(out, wrong...)
	for name, suppression := range sound {
		if used[name] || !slices.Contains(made, suppression.Code) {
			continue // a code that was not looked for everywhere may well be found
		}
		out = located(s, out, opts, name, "", finding.Finding{
			Code: "check/suppression-unused", Severity: finding.Warning, Problem: fmt.Sprintf("suppression %s is about %s", name, suppression.Code),
			Detail: "no such finding is left", Fix: "remove it: it would hide the next one",
			Edits: edits(s, []change{{at: inventory.Spot{Path: []string{"suppress", name}}, removes: true}}),
		})
	}
	return out
}

// hide leaves out what is suppressed or not asked for, and gives the rest their places.
// It says too which suppressions hide something.
func hide(s *inventory.Subject, reports []report, sound map[string]*model.Suppression, opts *Options) (out []finding.Finding, used map[string]bool) {
	used = map[string]bool{}
	names := slices.Sorted(maps.Keys(sound))
	for _, r := range reports {
		hidden := false
		for _, name := range names {
			if covers(sound[name], r) {
				hidden, used[name] = true, true
			}
		}
		if hidden || !opts.Wants(r.Code) {
			continue
		}
		if !r.placed {
			r.Place, r.Path = s.Places.Locate(r.at)
			r.Edits = append(r.Edits, edits(s, r.changes)...)
		}
		if r.at.Policy != "" && !r.placed {
			r.Policy = r.at.Policy
			if r.at.Object != nil { // a policy may write what it likes
				r.Hide(r.at.Object.Secrets())
			}
		}
		out = append(out, r.Finding)
	}
	return out, used
}

// Found leaves out of what was found before any check what a suppression or a flag hides,
// for a subject whose objects are not all there, so that no check can be made. lost says
// which of those findings mean that something was not checked: when all of them are
// hidden, a finding that nothing hides says so. Suppressions may be none when they could
// not be read. The result is sorted.
func Found(s *inventory.Subject, at finding.Place, lost func(finding.Finding) bool, opts *Options) []finding.Finding {
	if opts == nil {
		opts = &Options{}
	}
	sound, _ := suppressions(s, slices.Concat(opts.Known, opts.Before), opts)
	out, _ := hide(s, found(s), sound, opts)
	return finding.Sort(append(out, Incomplete(s, out, at, lost)...))
}

// Incomplete is the finding that a subject was not checked in full, when everything that
// says so is hidden: some of what was found before the checks is lost, as lost says, and
// none of it is among the findings that are shown.
func Incomplete(s *inventory.Subject, shown []finding.Finding, at finding.Place, lost func(finding.Finding) bool) []finding.Finding {
	var hidden []string
	for _, f := range s.Found {
		if lost(f.Finding) {
			hidden = append(hidden, string(f.Code))
		}
	}
	if hidden == nil || slices.ContainsFunc(shown, lost) {
		return nil
	}
	slices.Sort(hidden)
	return []finding.Finding{{
		Code: codeIncomplete, Severity: finding.Error, Place: at, Problem: s.Name + " was not checked in full",
		Detail: fmt.Sprintf("the errors that say why are hidden (%s)", finding.All(slices.Compact(hidden))), Fix: "run it without the --only, --skip or suppression that hides them, and fix what they say",
	}}
}

// found are the reports of what was found before any check.
func found(s *inventory.Subject) []report {
	out := make([]report, 0, len(s.Found))
	for _, f := range s.Found {
		out = append(out, report{Finding: f.Finding, at: f.About, placed: true})
	}
	return out
}

// suppressions are those that hold, and findings about the others.
func suppressions(s *inventory.Subject, known []finding.CodeDoc, opts *Options) (map[string]*model.Suppression, []finding.Finding) {
	var out []finding.Finding
	sound := map[string]*model.Suppression{}
	for _, name := range slices.Sorted(maps.Keys(s.Suppressions)) {
		given := s.Suppressions[name]
		wrong := func(field, problem, detail, fix string) {
			out = located(s, out, opts, name, field, inventory.WrongSuppression(finding.Place{}, problem, detail, fix))
		}
		_, err := time.Parse(time.DateOnly, given.Until)
		doc, unknown := finding.Lookup(known, given.Code)
		about := fmt.Sprintf("suppression %s is about %s", name, given.Code)
		switch {
		case given.Code == "" || given.Reason == "" || given.Until == "":
			wrong("", fmt.Sprintf("suppression %s lacks %s", name, missing(given)), "a finding is accepted for a reason and until a day, or it is forgotten", "add it")
		case err != nil:
			wrong("until", fmt.Sprintf("suppression %s holds until %s", name, given.Until), "there is no such day", "correct it")
		case unknown != nil:
			problem, fix := misnamed(known, given.Code)
			wrong("code", about, problem, fix)
		case doc.Hiding != finding.ByAll:
			detail, fix := unhideable(doc)
			wrong("code", about, detail, fix)
		case given.App == "" && given.Kind == "" && given.Namespace == "" && given.Name == "" && given.Node == "":
			what, fix := "app, object", `add app: "…", or kind and name of an object`
			if s.Cluster == nil { // there are no apps
				what, fix = "object", "add kind and name of an object"
			}
			wrong("", fmt.Sprintf("suppression %s says no %s or node", name, what), "it would hide every finding of its code, those to come included", fix)
		case given.Until < opts.Today || opts.Today == "":
			out = located(s, out, opts, name, "until", finding.Finding{
				Code: "check/suppression-expired", Severity: finding.Error, Problem: fmt.Sprintf("suppression %s ended on %s", name, given.Until),
				Detail: "what it was about may still be there, and is reported again", Fix: "mend that and remove it, or give it a later day",
			})
		default:
			sound[name] = given
		}
	}
	return sound, out
}

// misnamed says what is wrong with a code that is none, and which one to name.
func misnamed(known []finding.CodeDoc, code finding.Code) (detail, fix string) {
	var names []string
	for _, d := range known {
		if slices.Contains(d.Former, code) {
			return "that is now " + string(d.Code), "write " + string(d.Code)
		}
		if d.Hiding == finding.ByAll {
			names = append(names, string(d.Code))
		}
	}
	return "no check reports that", finding.DidYouMean(string(code), names, "name one that `stillsuit explain` lists for a check")
}

// unhideable says why no suppression hides findings of a code, and what to do.
func unhideable(doc finding.CodeDoc) (detail, fix string) {
	if doc.Hiding == finding.ByNothing {
		return "nothing hides that: a run without it would look like one that checked everything", "remove it"
	}
	return "no suppression hides that", "remove it, or leave such findings out of one run with --skip"
}

// located appends a finding about a field of a suppression, or about all of it, if it is
// asked for.
func located(s *inventory.Subject, out []finding.Finding, opts *Options, name, field string, f finding.Finding) []finding.Finding {
	if !opts.Wants(f.Code) {
		return out
	}
	labels := []string{"suppress", name}
	if field != "" {
		labels = append(labels, field)
	}
	f.Place, f.Path = s.Places.Locate(inventory.Spot{Path: labels})
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
	fields["app"] = appAt(r.Path)
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

// appAt is the app or chart that a CUE path leads into: "apps.web.containers" or
// `charts."cert-manager".values`; empty for any other path.
func appAt(path string) string {
	family, rest, _ := strings.Cut(path, ".")
	if family != "apps" && family != "charts" {
		return ""
	}
	if quoted, err := strconv.QuotedPrefix(rest); err == nil {
		name, _ := strconv.Unquote(quoted) // it was quoted
		return name
	}
	if end := strings.IndexAny(rest, ".["); end >= 0 {
		return rest[:end]
	}
	return rest
}
