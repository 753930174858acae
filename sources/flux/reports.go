package flux

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// reports is what is wrong with what a Read reads.
type reports struct {
	fs       *files // knows the values that may be secrets
	findings []inventory.Found
}

func (r *reports) report(severity finding.Severity, at finding.Place, code finding.Code, problem, detail, fix string) {
	r.found(inventory.Spot{}, finding.Finding{Code: code, Severity: severity, Place: at, Problem: problem, Detail: detail, Fix: fix})
}

// reportOf is report of what is about an object.
func (r *reports) reportOf(o *manifest.Object, severity finding.Severity, at finding.Place, code finding.Code, problem, detail, fix string) {
	r.found(inventory.Spot{Object: o}, finding.Finding{Code: code, Severity: severity, Place: at, Problem: problem, Detail: detail, Fix: fix})
}

// found reports a finding about what is at a spot.
func (r *reports) found(about inventory.Spot, f finding.Finding) {
	r.findings = append(r.findings, inventory.Found{Finding: f, About: about})
}

// refuse reports what would leave the tree, or could not be read safely.
func (r *reports) refuse(at finding.Place, fact, contrast, mend string) {
	r.report(finding.Error, at, "foreign/refused", fact, contrast, mend)
}

// unreadable reports a file that could not be read, at the line that asks for it or
// at its own.
func (r *reports) unreadable(at finding.Place, file string, err error) {
	var where *fs.PathError
	if errors.As(err, &where) {
		err = where.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.report(finding.Error, at, "foreign/missing", fmt.Sprintf("%s is needed here", file), "there is no such file or directory", "correct the path")
	case slices.ContainsFunc([]error{errOutside, fs.ErrInvalid, errTooLarge, errTooMuch, errNodes, errValues, errKeys, errText, errDepth, errDocuments}, func(known error) bool { return errors.Is(err, known) }):
		r.refuse(at, fmt.Sprintf("%s is not read", file), err.Error(), "make it a file of the tree that a person could read")
	default:
		if line := regexp.MustCompile(`^yaml: line (\d+): `).FindStringSubmatch(err.Error()); line != nil {
			n, _ := strconv.Atoi(line[1]) // digits
			at = finding.Place{File: file, Line: n}
		}
		r.report(finding.Error, at, "foreign/syntax", fmt.Sprintf("%s cannot be read", file), strings.TrimPrefix(r.words(err), "yaml: "), "correct it")
	}
}
