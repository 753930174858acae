package change_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	k8syaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/checks/change"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// nowhere finds no lines: there is no CUE.
type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) { return finding.Place{}, "" }

// TestTable makes each change of testdata/changes.yaml, and wants told what stands
// there. tests/e2e asks the API server about the same ones.
func TestTable(t *testing.T) {
	text, err := os.ReadFile("testdata/changes.yaml")
	require.NoError(t, err)
	var changes []struct {
		Of    string         `json:"of"`
		Merge map[string]any `json:"merge"`
		Told  string         `json:"told"`
	}
	require.NoError(t, yaml.UnmarshalStrict(text, &changes))
	given, shown := objects(t), map[string]bool{}
	for _, c := range changes {
		var base, head []*manifest.Object
		found := false
		for _, u := range given {
			is := u.GetKind()+" "+u.GetName() == c.Of
			if found = found || is; is || u.GetKind() == "StorageClass" { // claims go by them
				base = append(base, typed(t, u))
				if is {
					u = merged(t, u, c.Merge)
				}
				head = append(head, typed(t, u))
			}
		}
		require.True(t, found, c.Of)
		var told []string
		for _, f := range compare(t, base, head) {
			told = append(told, strings.TrimPrefix(string(f.Code), "change/"))
			require.Equal(t, f.Code == "change/refused", f.Severity == finding.Error, f.String())
		}
		if kind, _, _ := strings.Cut(c.Of, " "); c.Told == "refused" {
			shown[kind] = true
		}
		require.Equal(t, c.Told, strings.Join(slices.Compact(told), " "), "%s %v", c.Of, c.Merge) // a field each
	}
	for _, kind := range change.Kinds() {
		require.True(t, shown[kind], "no change of a %s is refused", kind)
	}
}

// TestMarks changes a claim and a StatefulSet that carry Flux's marks: what it makes
// anew or leaves alone is not refused, and a claim is deleted.
func TestMarks(t *testing.T) {
	for _, c := range []struct {
		of, mark, value string
		before, after   bool // who carries it
		want            string
	}{
		{"StatefulSet", "force", "enabled", false, true, ""},
		{"StatefulSet", "force", "Enabled", true, false, ""},
		{"StatefulSet", "force", "yes", true, true, "change/refused"},
		{"StatefulSet", "ssa", "IfNotPresent", false, true, ""},
		{"StatefulSet", "ssa", "IfNotPresent", true, false, "change/refused"},
		{"StatefulSet", "ssa", "Ignore", true, false, ""},
		{"StatefulSet", "ssa", "Merge", true, true, "change/refused"},
		{"StatefulSet", "reconcile", "disabled", true, false, ""},
		{"PersistentVolumeClaim", "force", "enabled", false, true, "change/deletes"},
		{"PersistentVolumeClaim", "reconcile", "disabled", false, true, ""},
	} {
		for _, in := range []string{"annotations", "labels"} {
			object := func(storage string, marked bool) []*manifest.Object {
				claim := map[string]any{"metadata": map[string]any{"name": "data"}, "spec": map[string]any{"storageClassName": "x", "resources": map[string]any{"requests": map[string]any{"storage": storage}}}}
				u := map[string]any{"apiVersion": "v1", "kind": c.of, "metadata": map[string]any{"name": "db", "namespace": "home"}, "spec": claim["spec"]}
				if c.of == "StatefulSet" {
					u["apiVersion"], u["spec"] = "apps/v1", map[string]any{"volumeClaimTemplates": []any{claim}}
				}
				if marked {
					u["metadata"].(map[string]any)[in] = map[string]any{"kustomize.toolkit.fluxcd.io/" + c.mark: c.value}
				}
				return []*manifest.Object{typed(t, &unstructured.Unstructured{Object: u})}
			}
			var told []string
			for _, f := range compare(t, object("2Gi", c.before), object("1Gi", c.after)) {
				told = append(told, string(f.Code))
			}
			require.Equal(t, c.want, strings.Join(told, " "), "%+v in %s", c, in)
		}
	}
}

func compare(t *testing.T, base, head []*manifest.Object) []finding.Finding {
	t.Helper()
	found, err := change.Compare(&inventory.Subject{Objects: base, Places: nowhere{}}, &inventory.Subject{Objects: head, Places: nowhere{}})
	require.NoError(t, err)
	return found
}

// objects are those of testdata/objects.yaml.
func objects(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile("testdata/objects.yaml")
	require.NoError(t, err)
	var out []*unstructured.Unstructured
	for d := k8syaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096); ; {
		u := &unstructured.Unstructured{}
		if err := d.Decode(&u.Object); errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err)
		out = append(out, u)
	}
}

// typed is an object as the renderer holds it.
func typed(t *testing.T, u *unstructured.Unstructured) *manifest.Object {
	t.Helper()
	gvk := u.GroupVersionKind()
	o := &manifest.Object{
		ID: manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: u.GetNamespace(), Name: u.GetName()}, APIVersion: u.GetAPIVersion(), Value: u.Object,
		Origin: []string{"apps", "tried", "objects", strings.ToLower(gvk.Kind) + "-" + u.GetName()}, Raw: true,
	}
	if scheme.Scheme.Recognizes(gvk) {
		text, err := yaml.Marshal(u.Object)
		require.NoError(t, err)
		o.Value, _, err = scheme.Codecs.UniversalDeserializer().Decode(text, nil, nil)
		require.NoError(t, err)
	}
	return o
}

// merged is an object with a JSON merge patch.
func merged(t *testing.T, u *unstructured.Unstructured, patch map[string]any) *unstructured.Unstructured {
	t.Helper()
	was, err := u.MarshalJSON()
	require.NoError(t, err)
	over, err := json.Marshal(patch)
	require.NoError(t, err)
	is, err := jsonpatch.MergePatch(was, over)
	require.NoError(t, err)
	out := &unstructured.Unstructured{}
	require.NoError(t, out.UnmarshalJSON(is))
	return out
}
