package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"stillsuit.dev/tests/e2e/mutate"
	"stillsuit.dev/tests/e2e/rig"
)

// alone are the API server's flags for an answer that depends on nothing but the
// object: no admission plugin asks which namespaces, accounts, classes and quotas there
// are.
func alone() []string {
	return []string{"--disable-admission-plugins=NamespaceLifecycle,ServiceAccount,Priority,PodSecurity,RuntimeClass,LimitRanger,ResourceQuota,DefaultStorageClass,DefaultIngressClass,PodTopologyLabels,CertificateSubjectRestriction,CertificateSigning,CertificateApproval,ClusterTrustBundleAttest"}
}

// verdict is what the API server says of a mutant.
type verdict struct {
	*mutate.Mutant    `json:"-"`
	object            *unstructured.Unstructured
	Name              string         `json:"name"`
	Object            map[string]any `json:"object"`
	Strict            string         `json:"strict"` // the refusal; "" when it is taken
	Code              int32          `json:"code"`
	Fields            []string       `json:"fields"`
	Loose             string         `json:"loose,omitempty"`   // without fieldValidation
	Dropped           bool           `json:"dropped,omitempty"` // the field is not in what is stored
	Refused, Unknown_ bool
	Said              []string `json:"said,omitempty"` // by stillsuit
}

func TestRefused(t *testing.T) {
	began := time.Now()
	var bases []*unstructured.Unstructured
	text, err := os.ReadFile(filepath.Join("testdata", "apiserver", "kinds.yaml"))
	require.NoError(t, err)
	bases, err = rig.Parse(string(text))
	require.NoError(t, err)
	definitions := parseAll(t, "../crds/*.yaml")
	bases = append(bases, parseAll(t, "../crds/samples/*.yaml")...)
	var scenarios []*scenario
	for _, cluster := range clusters(t) {
		s := open(t, cluster)
		scenarios = append(scenarios, s)
		for _, o := range s.rendered.Objects() {
			u := s.object(o)
			if o.Verbatim != nil {
				veil(u)
			}
			bases = append(bases, u)
		}
	}
	t.Logf("rendered after %s", time.Since(began))
	server := serve(t, scenarios[0].binaries, alone()...)
	for _, s := range scenarios {
		s.Rig = server
		groups := map[string]bool{}
		for _, o := range s.rendered.Objects() {
			if !groups[o.Group] {
				groups[o.Group] = true
				s.define(o.Group)
			}
		}
	}
	require.NoError(t, server.Define(definitions...))
	t.Logf("the API server runs after %s", time.Since(began))
	var schemas *mutate.Schemas
	require.NoError(t, server.Await("the schemas of all kinds", time.Minute, func(context.Context) (bool, error) {
		if schemas, err = mutate.Read(server.Client.Discovery().OpenAPIV3()); err != nil {
			return false, err
		}
		return !slices.ContainsFunc(bases, func(o *unstructured.Unstructured) bool {
			if schemas.Of(o.GroupVersionKind()) == nil {
				t.Logf("no schema of %s", o.GroupVersionKind())
				return true
			}
			return false
		}), nil
	}))
	t.Logf("schemas are known after %s", time.Since(began))

	var sound []*verdict
	for _, o := range bases {
		sound = append(sound, &verdict{object: o, Name: o.GetAPIVersion() + " " + o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()})
	}
	ask(t, server, sound)
	bad := 0
	for _, v := range sound {
		if v.Strict != "" {
			t.Logf("SOUND %s: %s", v.Name, v.Strict)
			bad++
		}
	}
	t.Logf("%d sound, %d refused, after %s", len(sound), bad, time.Since(began))

	var all []*verdict
	seen := map[string]bool{}
	for _, name := range []string{"mistakes.yaml", "custom.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", "apiserver", name))
		require.NoError(t, err)
		rows, err := mutate.Rows(text)
		require.NoError(t, err)
		for _, row := range rows {
			mutants, err := row.Mutants(bases)
			require.NoError(t, err)
			for _, m := range mutants {
				all = append(all, &verdict{Mutant: m, object: m.Object(), Name: m.Class})
			}
		}
	}
	for i, o := range bases {
		if sound[i].Strict != "" {
			continue
		}
		for _, m := range schemas.All(o, 1) {
			if seen[m.Class] || !chosen(m.Class) {
				continue
			}
			seen[m.Class] = true
			all = append(all, &verdict{Mutant: m, object: m.Object(), Name: m.Class})
		}
	}
	t.Logf("%d mutants after %s", len(all), time.Since(began))
	ask(t, server, all)
	refused := 0
	odd := map[int32]int{}
	for _, v := range all {
		if v.Strict != "" {
			refused++
			odd[v.Code]++
		}
		if v.Path == nil && v.Taken != (v.Strict == "") {
			t.Logf("ROW %s: %v %s", v.Name, v.Taken, v.Strict)
		}
	}
	t.Logf("%d refused after %s: %v", refused, time.Since(began), odd)
	if out := os.Getenv("STILLSUIT_VERDICTS"); out != "" {
		f, err := os.Create(out)
		require.NoError(t, err)
		e := json.NewEncoder(f)
		for _, v := range slices.Concat(sound, all) {
			v.Object = v.object.Object
			require.NoError(t, e.Encode(v))
		}
		require.NoError(t, f.Close())
	}
	var custom []*unstructured.Unstructured
	list, err := server.Dynamic.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}).List(server.Context, metav1.ListOptions{})
	require.NoError(t, err)
	for i := range list.Items {
		one := &list.Items[i]
		one.SetManagedFields(nil)
		delete(one.Object, "status")
		one.SetAPIVersion("apiextensions.k8s.io/v1")
		one.SetKind("CustomResourceDefinition")
		custom = append(custom, one)
	}
	if out := os.Getenv("STILLSUIT_DEFS"); out != "" {
		b, err := json.Marshal(custom)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(out, b, 0o600))
	}
	judged(t, sound, 34, custom)
	judged(t, all, 34, custom)
	t.Logf("judged after %s", time.Since(began))
	wrong := disagreements(slices.Concat(sound, all))
	t.Logf("%d differ", len(wrong))
	if out := os.Getenv("STILLSUIT_DIFF"); out != "" {
		require.NoError(t, os.WriteFile(out, []byte(strings.Join(wrong, "\n")), 0o600))
	}
}

// chosen reports whether a class of mutants takes part: one in some.
func chosen(class string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(class))
	n := 12
	if _, err := fmt.Sscan(os.Getenv("STILLSUIT_EVERY"), &n); err != nil {
		n = 12
	}
	return h.Sum32()%uint32(n) == 0
}

// parseAll reads the objects of the files that match a pattern.
func parseAll(t *testing.T, pattern string) []*unstructured.Unstructured {
	t.Helper()
	names, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var out []*unstructured.Unstructured
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		objects, err := rig.Parse(string(text))
		require.NoError(t, err)
		out = append(out, objects...)
	}
	return out
}

// serve starts an API server alone.
func serve(t *testing.T, binaries *rig.Binaries, flags ...string) *rig.Rig {
	t.Helper()
	logs, err := os.MkdirTemp("", "stillsuit-e2e-server-")
	require.NoError(t, err)
	r, err := rig.StartServer(context.WithoutCancel(t.Context()), logs, binaries, "10.96.0.0/16", flags...)
	t.Cleanup(func() {
		err := r.Stop()
		if t.Failed() {
			t.Logf("the logs of the API server are in %s", logs)
		} else {
			err = errors.Join(err, os.RemoveAll(logs))
		}
		require.NoError(t, err)
	})
	require.NoError(t, err)
	unlimited := rest.CopyConfig(r.Config)
	unlimited.QPS = -1
	r.Dynamic, err = dynamic.NewForConfig(unlimited)
	require.NoError(t, err)
	return r
}

// ask asks the API server about each object, several at a time.
func ask(t *testing.T, server *rig.Rig, all []*verdict) {
	t.Helper()
	var group errgroup.Group
	group.SetLimit(8)
	for _, v := range all {
		group.Go(func() error {
			_, err := server.DryRun(v.object, metav1.FieldValidationStrict)
			v.Strict, v.Code, v.Fields = refusal(err)
			if v.Mutant != nil && v.Unknown() {
				got, err := server.DryRun(v.object, "")
				v.Loose, _, _ = refusal(err)
				v.Dropped = err == nil && !has(got.Object, v.Path)
			}
			return server.Context.Err()
		})
	}
	require.NoError(t, group.Wait())
}

func has(o map[string]any, path []string) bool {
	var at any = o
	for _, name := range path {
		switch in := at.(type) {
		case map[string]any:
			if at = in[name]; at == nil {
				return false
			}
		case []any:
			i := 0
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(in) {
				return false
			}
			at = in[i]
		default:
			return false
		}
	}
	return true
}

// refusal reads the API server's answer.
func refusal(err error) (message string, code int32, fields []string) {
	if err == nil {
		return "", 0, nil
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return err.Error(), -1, nil
	}
	s := status.Status()
	if s.Details != nil {
		for _, c := range s.Details.Causes {
			fields = append(fields, c.Field)
		}
	}
	return s.Message, s.Code, fields
}
