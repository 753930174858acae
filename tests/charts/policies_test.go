package charts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/policies"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
)

// refused are the objects of a chart that the cluster's own policies refuse, with its
// parameters and exceptions. Helm stops at the first one that they deny.
func refused(t *testing.T, r *release, m *made) []string {
	t.Helper()
	given, err := admission.Load(library.FS)
	require.NoError(t, err)
	subject := *r.subject
	subject.Objects = slices.Concat(subject.Objects, m.objects)
	slices.SortFunc(subject.Objects, func(a, b *manifest.Object) int { return strings.Compare(a.String(), b.String()) })
	var out []string
	judged := 0
	check := policies.Checker(given, &policies.Options{Verdicts: func(all []*admission.Verdict) {
		for _, v := range all {
			if v.Policy.Where == admission.InCI || !slices.Contains(m.objects, v.Object) {
				continue
			}
			judged++
			if v.Outcome == admission.Fail || v.Outcome == admission.Error {
				out = append(out, fmt.Sprintf("policy %s refuses %s", v.Policy.Name, v.Object.ID))
			}
		}
	}})
	_, err = checks.Run(&subject, []*checks.Checker{check}, &checks.Options{Today: time.Now().UTC().Format(time.DateOnly)})
	require.NoError(t, err)
	require.NotZero(t, judged)
	slices.Sort(out)
	return out
}
