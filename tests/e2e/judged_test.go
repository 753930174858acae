package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	foreign "stillsuit.dev/sources/flux"
)

// judged asks stillsuit about each object, read from a file of its own as
// `stillsuit check DIR --kubernetes` reads it.
func judged(t *testing.T, all []*verdict, definitions []*unstructured.Unstructured) {
	t.Helper()
	dir := t.TempDir()
	together := &inventory.Subject{Minor: rigMinor}
	places := readings{}
	var reported []finding.Finding
	for i, v := range all {
		name := strconv.Itoa(i)
		text, err := yaml.Marshal(v.object.Object)
		require.NoError(t, err)
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, name+".yaml"), text, 0o600))
		root, err := os.OpenRoot(filepath.Join(dir, name)) // a Kustomization's path leads nowhere else
		require.NoError(t, err)
		subject, found, err := foreign.Read(root, ".", nil)
		require.NoError(t, err)
		require.NoError(t, root.Close())
		reported = append(reported, found...)
		together.Found = append(together.Found, subject.Found...)
		together.Objects = append(together.Objects, subject.Objects...)
		for _, o := range subject.Objects {
			places[o] = subject.Places
		}
	}
	together.Places = places
	var known *apiserver.Definitions
	for _, d := range definitions {
		text, err := yaml.Marshal(d.Object)
		require.NoError(t, err)
		one, err := apiserver.ParseDefinitions(d.GetName(), text)
		require.NoError(t, err)
		if known == nil {
			known = one
		} else {
			known.Add(one)
		}
	}
	found := checked(t, together, &apiserver.Options{Definitions: known})
	for _, f := range slices.Concat(reported, found) {
		i, err := strconv.Atoi(strings.TrimSuffix(f.Place.File, ".yaml"))
		if err == nil && f.Severity == finding.Error {
			all[i].found = append(all[i].found, f)
		}
	}
}

// checked are the findings of the check. One object that it crashes on hides none of the
// others.
func checked(t *testing.T, s *inventory.Subject, opts *apiserver.Options) []finding.Finding {
	t.Helper()
	found, err := checks.Run(s, []*checks.Checker{apiserver.Checker(opts)}, &checks.Options{Before: foreign.Codes()})
	require.NoError(t, err)
	if half := len(s.Objects) / 2; half > 0 && slices.ContainsFunc(found, func(f finding.Finding) bool { return crash.Is(f.Code) }) {
		left, right := *s, *s
		left.Objects, left.Found = s.Objects[:half], nil
		right.Objects = s.Objects[half:]
		return slices.Concat(checked(t, &left, opts), checked(t, &right, opts))
	}
	return found
}

// readings find the lines of objects that were read one by one.
type readings map[*manifest.Object]inventory.Locator

func (r readings) Locate(at inventory.Spot) (finding.Place, string) {
	if by := r[at.Object]; by != nil {
		return by.Locate(at)
	}
	return finding.Place{}, ""
}
