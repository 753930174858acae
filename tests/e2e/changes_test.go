package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies"
	"stillsuit.dev/policies/change"
	"stillsuit.dev/tests/e2e/rig"
)

// update is one change of an object that the cluster has.
type update struct {
	Of    string         `json:"of"` // kind and name
	Merge map[string]any `json:"merge"`
	Told  string         `json:"told"` // by check --base; nothing when the API server takes it
}

// changes asks the API server about changes of objects that it has, each by itself, and
// wants refused what package change says is refused, and nothing else. Nothing of them
// stays.
func (s *scenario) changes() {
	s.Helper()
	began := time.Now()
	text, err := os.ReadFile(filepath.Join(repository, "policies", "change", "testdata", "objects.yaml"))
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
	text, err = os.ReadFile(filepath.Join(repository, "policies", "change", "testdata", "changes.yaml"))
	require.NoError(s, err)
	require.NoError(s, yaml.UnmarshalStrict(text, &updates))
	refused, unsure := 0, map[bool]int{}
	var wrong []string
	for _, u := range updates {
		told, head := s.told(objects, u)
		if told != u.Told {
			wrong = append(wrong, fmt.Sprintf("%s %v: check --base says %q", u.Of, u.Merge, told))
		}
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

// told is what package change says of one change, and the object that it makes.
func (s *scenario) told(objects []*unstructured.Unstructured, u update) (string, *unstructured.Unstructured) {
	s.Helper()
	base, head := &policies.Subject{Places: nowhere{}}, &policies.Subject{Places: nowhere{}}
	var changed *unstructured.Unstructured
	for _, o := range objects {
		if is := called(o) == u.Of; is || o.GetKind() == "StorageClass" { // claims go by them
			base.Objects = append(base.Objects, s.typed(o))
			if is {
				changed = &unstructured.Unstructured{Object: merged(o.DeepCopy().Object, u.Merge)}
				o = changed
			}
			head.Objects = append(head.Objects, s.typed(o))
		}
	}
	require.NotNil(s, changed, u.Of)
	found, err := change.Compare(base, head)
	require.NoError(s, err)
	told := ""
	for _, f := range found {
		told = strings.TrimPrefix(f.Code, "change/")
		require.Equal(s, told == "refused", f.Severity == finding.Error, f.String())
	}
	return told, changed
}

// typed is an object as the renderer holds it.
func (s *scenario) typed(o *unstructured.Unstructured) *manifest.Object {
	s.Helper()
	gvk := o.GroupVersionKind()
	out := &manifest.Object{
		ID: manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: o.GetNamespace(), Name: o.GetName()}, APIVersion: o.GetAPIVersion(), Value: o.Object,
		Origin: []string{"apps", "tried", "objects", strings.ToLower(gvk.Kind) + "-" + o.GetName()}, Raw: true,
	}
	if scheme.Scheme.Recognizes(gvk) {
		text, err := yaml.Marshal(o.Object)
		require.NoError(s, err)
		out.Value, _, err = scheme.Codecs.UniversalDeserializer().Decode(text, nil, nil)
		require.NoError(s, err)
	}
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

// merged lays a JSON merge patch over an object.
func merged(o, patch map[string]any) map[string]any {
	for key, v := range patch {
		below, block := v.(map[string]any)
		old, too := o[key].(map[string]any)
		switch {
		case v == nil:
			delete(o, key)
		case block && too:
			o[key] = merged(old, below)
		default:
			o[key] = v
		}
	}
	return o
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

func (nowhere) Locate(policies.Spot) (finding.Place, string) { return finding.Place{}, "" }
