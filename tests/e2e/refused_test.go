package e2e_test

import (
	"context"
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

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
	"stillsuit.dev/tests/e2e/mutate"
	"stillsuit.dev/tests/e2e/rig"
)

// rigMinor is the minor version of Kubernetes that the rig runs.
const rigMinor = 34

// alone are the API server's flags for an answer that depends on nothing but the
// object: no admission plugin asks which namespaces, accounts, classes and quotas there
// are.
func alone() []string {
	return []string{"--disable-admission-plugins=NamespaceLifecycle,ServiceAccount,Priority,PodSecurity,RuntimeClass,LimitRanger,ResourceQuota,DefaultStorageClass,DefaultIngressClass,PodTopologyLabels,CertificateSubjectRestriction,CertificateSigning,CertificateApproval,ClusterTrustBundleAttest"}
}

// verdict is what the API server and stillsuit say of an object.
type verdict struct {
	*mutate.Mutant // nil for a sound object
	name           string
	object         *unstructured.Unstructured
	strict, loose  string // the API server's refusals, strictly and as Flux asks; "" when it accepts the object
	found          []finding.Finding
}

// refused reports whether stillsuit refuses the object, without the findings of some code.
func (v *verdict) refused(without finding.Code) bool {
	return slices.ContainsFunc(v.found, func(f finding.Finding) bool { return f.Code != without })
}

// TestRefused asks the API server and the check apiserver about sound objects and mutants
// of them. Each refuses what the other refuses.
func TestRefused(t *testing.T) {
	t.Parallel()
	began := time.Now()
	server, bases := stage(t)
	staged := time.Since(began)
	t.Run("versions", func(t *testing.T) { served(t, server) })
	sound := make([]*verdict, 0, len(bases))
	for _, o := range bases {
		sound = append(sound, &verdict{object: o, name: o.GetAPIVersion() + " " + called(o) + " as it is"})
	}
	mutants := slices.Concat(tables(t, bases), generated(t, server, bases))
	written := rows(t)
	for _, v := range written {
		if mapping, err := server.Mapper.RESTMapping(v.object.GroupVersionKind().GroupKind(), v.object.GroupVersionKind().Version); err == nil && mapping.Scope.Name() == "namespace" && v.object.GetNamespace() == "" {
			v.object.SetNamespace("default")
		}
	}
	all := slices.Concat(sound, mutants, written)
	made := time.Since(began)
	ask(t, server, all)
	asked := time.Since(began)
	judged(t, all, customDefinitions(t, server))
	t.Logf("| seconds to start the API server; to make the objects; to ask; to judge | %.0f; %.0f; %.0f; %.0f |", staged.Seconds(), (made - staged).Seconds(), (asked - made).Seconds(), (time.Since(began) - asked).Seconds())

	var wrong []string
	for _, v := range sound {
		if v.strict != "" || v.refused("") {
			wrong = append(wrong, v.String())
		}
	}
	for _, v := range mutants {
		if v.Path == nil && v.Taken != (v.strict == "") {
			wrong = append(wrong, "the table says otherwise: "+v.String())
		}
	}
	differ := disagreements(slices.Concat(mutants, written), "")
	require.Empty(t, append(wrong, differ...), "%d of %d\n%s", len(differ), len(all), strings.Join(append(wrong, differ...), "\n"))

	require.Empty(t, unneeded(all), "unneeded rows of explanations")
	require.Empty(t, unbroken(t, parseAll(t, crds+"/*.yaml"), mutants), "rules that no mutant breaks")
	for _, code := range []finding.Code{"apiserver/invalid", "apiserver/unknown-field", "apiserver/duplicate"} {
		require.NotEmpty(t, disagreements(mutants, code), "without %s the comparison must fail", code)
	}
	refused, unknown, loosely, explained := 0, 0, 0, map[bool]int{}
	for _, v := range mutants {
		if said := v.refused(""); said != (v.strict != "") {
			explained[said]++
		}
		if v.strict != "" {
			refused++
		}
		if v.Unknown() {
			unknown++
			if v.loose != "" {
				loosely++
			}
		}
	}
	require.Equal(t, unknown, loosely, "server-side apply refuses a field that it does not know, whether it is asked to be strict or not")
	t.Logf("\n| sound objects; mutants; of them refused; answered otherwise without an explanation | %d; %d; %d; 0 |\n| rows of the check's own tests; of them refused | %s |\n| explained: refused by stillsuit alone; by the server alone | %d; %d |\n| mutants with an unknown field; refused without fieldValidation | %d; %d |\n| seconds | %.0f |",
		len(sound), len(mutants), refused, rowCount(written), explained[true], explained[false], unknown, loosely, time.Since(began).Seconds())
}

func (v *verdict) String() string {
	var said []string
	for _, f := range v.found {
		said = append(said, fmt.Sprintf("%s: %s. %s [%s]", f.Path, f.Problem, f.Detail, f.Code))
	}
	return fmt.Sprintf("%s\n    server: %s\n    stillsuit: %s", v.name, strings.ReplaceAll(v.strict, "\n", " "), strings.Join(said, " | "))
}

// crds are definitions of custom resources, unchanged, and a sample of each.
const crds = "../../checks/apiserver/internal/custom/testdata/crds"

// stage starts an API server that knows the kinds of both trees and of crds, and returns
// sound objects: those of the trees, and samples.
func stage(t *testing.T) (*rig.Rig, []*unstructured.Unstructured) {
	t.Helper()
	bases := append(parseAll(t, "testdata/apiserver/kinds.yaml"), parseAll(t, crds+"/samples/*.yaml")...)
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
	server := serve(t, scenarios[0].binaries, alone()...)
	for _, s := range scenarios {
		s.Rig = server
		defined := map[string]bool{}
		for _, o := range s.rendered.Objects() {
			if !defined[o.Group] {
				defined[o.Group] = true
				s.define(o.Group)
			}
		}
	}
	require.NoError(t, server.Define(append(parseAll(t, crds+"/*.yaml"), rowDefinitions(t)...)...))
	return server, bases
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

// tables are the mutants that are written down.
func tables(t *testing.T, bases []*unstructured.Unstructured) []*verdict {
	t.Helper()
	var out []*verdict
	for _, name := range []string{"mistakes.yaml", "custom.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", "apiserver", name))
		require.NoError(t, err)
		rows, err := mutate.Rows(text)
		require.NoError(t, err)
		for _, row := range rows {
			mutants, err := row.Mutants(bases)
			require.NoError(t, err)
			for _, m := range mutants {
				out = append(out, &verdict{Mutant: m, object: m.Object(), name: m.Class})
			}
		}
	}
	return out
}

// generated are mutants of every field that the API server's schemas have: one in fifty
// classes, or one in four with STILLSUIT_ORACLE=full.
func generated(t *testing.T, server *rig.Rig, bases []*unstructured.Unstructured) []*verdict {
	t.Helper()
	var schemas *mutate.Schemas
	require.NoError(t, server.Await("the schemas of all kinds", time.Minute, func(context.Context) (bool, error) {
		var err error
		schemas, err = mutate.Read(server.Client.Discovery().OpenAPIV3())
		return err == nil && !slices.ContainsFunc(bases, func(o *unstructured.Unstructured) bool { return schemas.Of(o.GroupVersionKind()) == nil }), err
	}))
	every := uint32(50)
	if os.Getenv("STILLSUIT_ORACLE") == "full" {
		every = 4
	}
	var out []*verdict
	seen := map[string]bool{}
	for _, o := range bases {
		for _, m := range schemas.All(o, 1) {
			h := fnv.New32a()
			_, _ = h.Write([]byte(m.Class))
			if !seen[m.Class] && h.Sum32()%every == 0 {
				seen[m.Class] = true
				out = append(out, &verdict{Mutant: m, object: m.Object(), name: m.Class})
			}
		}
	}
	return out
}

// ask asks the API server about each object, several at a time.
func ask(t *testing.T, server *rig.Rig, all []*verdict) {
	t.Helper()
	var group errgroup.Group
	group.SetLimit(8)
	for _, v := range all {
		group.Go(func() error {
			_, err := server.DryRun(v.object, metav1.FieldValidationStrict)
			v.strict = refusal(err)
			if v.Mutant != nil && v.Unknown() {
				_, err := server.DryRun(v.object, "")
				v.loose = refusal(err)
			}
			return server.Context.Err()
		})
	}
	require.NoError(t, group.Wait())
}

// refusal is the message of the API server's answer. It answers 400, 422, or 500 where the
// object does not fit its schema.
func refusal(err error) string {
	var status apierrors.APIStatus
	switch {
	case err == nil:
		return ""
	case errors.As(err, &status):
		return status.Status().Message
	}
	return err.Error()
}

// customDefinitions are the definitions that the API server has.
func customDefinitions(t *testing.T, server *rig.Rig) []*unstructured.Unstructured {
	t.Helper()
	list, err := server.Dynamic.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}).List(server.Context, metav1.ListOptions{})
	require.NoError(t, err)
	var out []*unstructured.Unstructured
	for i := range list.Items {
		one := &list.Items[i]
		one.SetManagedFields(nil)
		one.SetGroupVersionKind(schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"})
		delete(one.Object, "status")
		out = append(out, one)
	}
	return out
}

// served compares the built-in kinds that generator/apis knows with those that the API
// server serves.
func served(t *testing.T, server *rig.Rig) {
	t.Helper()
	_, lists, err := server.Client.Discovery().ServerGroupsAndResources()
	require.NoError(t, err)
	serves := map[apis.Name]bool{}
	var wrong []string
	for _, list := range lists {
		if !apis.BuiltIn(apis.GroupOf(list.GroupVersion)) {
			continue
		}
		for _, r := range list.APIResources {
			if strings.Contains(r.Name, "/") {
				continue
			}
			serves[apis.Name{APIVersion: list.GroupVersion, Kind: r.Kind}] = true
			if k, known := apis.Find(list.GroupVersion, r.Kind); !known || k.In(rigMinor) != apis.Served {
				wrong = append(wrong, "the API server serves "+list.GroupVersion+" "+r.Kind)
			}
		}
	}
	rows := 0
	for _, k := range apis.Kinds() {
		if rows++; (k.In(rigMinor) == apis.Served) != serves[apis.Name{APIVersion: k.APIVersion, Kind: k.Kind}] {
			wrong = append(wrong, fmt.Sprintf("%s %s: state %d", k.APIVersion, k.Kind, k.In(rigMinor)))
		}
	}
	slices.Sort(wrong)
	require.Empty(t, slices.Compact(wrong))
	t.Logf("| rows of generator/apis; kinds that the API server serves; other | %d; %d; 0 |", rows, len(serves))
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
