package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
	"stillsuit.dev/tests/e2e/rig"
)

// update is one change of an object that the cluster has.
type update struct {
	Of    string         `json:"of"` // kind and name
	Merge map[string]any `json:"merge"`
	Told  string         `json:"told"` // by check --base, as the tests of package change show; nothing when the API server takes it
}

// changes asks the API server about changes of objects that it has, each by itself, and
// wants refused what package change says is refused, and nothing else. Nothing of them
// stays.
func (s *scenario) changes() {
	s.Helper()
	began := time.Now()
	text, err := os.ReadFile(filepath.Join(repository, "checks", "change", "testdata", "objects.yaml"))
	require.NoError(s, err)
	objects, err := rig.Parse(string(text))
	require.NoError(s, err)
	for _, o := range objects {
		require.NoError(s, s.Await("the cluster to take "+called(o), time.Minute, func(context.Context) (bool, error) {
			err := s.Apply(o, false)
			return err == nil, unlessForbidden(err) // the account of a pod is made after its namespace
		}))
	}
	s.bound(objects)
	defer func() {
		for _, o := range objects {
			require.NoError(s, s.Remove(o))
		}
	}()

	var updates []update
	text, err = os.ReadFile(filepath.Join(repository, "checks", "change", "testdata", "changes.yaml"))
	require.NoError(s, err)
	require.NoError(s, yaml.UnmarshalStrict(text, &updates))
	refused, unsure := 0, map[bool]int{}
	var wrong []string
	for _, u := range updates {
		head := s.merged(objects, u)
		err := s.Apply(head, true)
		if err != nil && !apierrors.IsInvalid(err) && !apierrors.IsForbidden(err) {
			wrong = append(wrong, fmt.Sprintf("%s %v: %v", u.Of, u.Merge, err))
		}
		switch {
		case u.Told == "unsure":
			unsure[err != nil]++
		case (u.Told == "refused") != (err != nil):
			wrong = append(wrong, fmt.Sprintf("%s %v: the API server says %v", u.Of, u.Merge, err))
		case u.Told == "ignored":
			s.keeps(head)
		}
		if err != nil {
			refused++
		}
	}
	require.Empty(s, wrong, strings.Join(wrong, "\n"))
	require.Greater(s, unsure[true], 2, "what may be refused is refused")
	require.Greater(s, unsure[false], 2, "and what may be taken is taken")
	s.figures.add("changes of objects that the cluster has", "%d asked for in %.0f s: %d refused and %d taken, as `stillsuit check --base` says; %d of which it says that they may be",
		len(updates), time.Since(began).Seconds(), refused, len(updates)-refused, unsure[true]+unsure[false])
}

// merged is one of the objects with an update's patch.
func (s *scenario) merged(objects []*unstructured.Unstructured, u update) *unstructured.Unstructured {
	s.Helper()
	i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return called(o) == u.Of })
	require.NotEqual(s, -1, i, u.Of)
	was, err := json.Marshal(objects[i])
	require.NoError(s, err)
	patch, err := json.Marshal(u.Merge)
	require.NoError(s, err)
	is, err := jsonpatch.MergePatch(was, patch)
	require.NoError(s, err)
	out := &unstructured.Unstructured{}
	require.NoError(s, out.UnmarshalJSON(is))
	return out
}

// bound waits until every claim has its volume.
func (s *scenario) bound(objects []*unstructured.Unstructured) {
	s.Helper()
	for _, o := range objects {
		if o.GetKind() != "PersistentVolumeClaim" {
			continue
		}
		require.NoError(s, s.Await(called(o)+" to be bound", time.Minute, func(context.Context) (bool, error) {
			got, err := s.Get(o)
			if err != nil {
				return false, err
			}
			phase, _, err := unstructured.NestedString(got.Object, "status", "phase")
			return phase == "Bound", err
		}))
	}
}

// keeps applies a change that the API server takes, and shows that the Service stays
// without an address.
func (s *scenario) keeps(head *unstructured.Unstructured) {
	s.Helper()
	require.NoError(s, s.Apply(head, false))
	got, err := s.Get(head)
	require.NoError(s, err)
	address, _, err := unstructured.NestedString(got.Object, "spec", "clusterIP")
	require.NoError(s, err)
	require.Equal(s, "None", address)
}

func called(o *unstructured.Unstructured) string { return o.GetKind() + " " + o.GetName() }

func unlessForbidden(err error) error {
	if apierrors.IsForbidden(err) {
		return nil
	}
	return err
}

// nowhere finds no lines: there is no CUE.
type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) { return finding.Place{}, "" }
