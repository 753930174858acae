package apis_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/generator/apis"
)

type lifecycle interface {
	APILifecycleIntroduced() (major, minor int)
}

type removed interface {
	APILifecycleRemoved() (major, minor int)
}

type replaced interface {
	APILifecycleReplacement() schema.GroupVersionKind
}

// later are kinds that went in another minor than their type announced, as discovery shows:
// k8s.io/kubernetes v1.29.6 to v1.37.2, api/discovery.
func later() map[string]int {
	return map[string]int{
		"certificates.k8s.io/v1alpha1 PodCertificateRequest": 35,
	}
}

// TestTypes compares the table with what the compiled-in types of Kubernetes announce.
func TestTypes(t *testing.T) {
	compared := 0
	for gvk := range scheme.Scheme.AllKnownTypes() {
		object, err := scheme.Scheme.New(gvk)
		require.NoError(t, err)
		life, is := object.(lifecycle)
		if !is || strings.HasSuffix(gvk.Kind, "List") {
			continue
		}
		name := gvk.GroupVersion().String() + " " + gvk.Kind
		k, known := apis.Find(gvk.GroupVersion().String(), gvk.Kind)
		if !known {
			continue // of a subresource, or an option
		}
		compared++
		_, introduced := life.APILifecycleIntroduced()
		require.LessOrEqual(t, k.Introduced, introduced, name)
		if r, goes := object.(removed); goes {
			_, minor := r.APILifecycleRemoved()
			if want, other := later()[name]; other {
				minor = want
			}
			if minor <= 36 {
				require.Equal(t, minor, k.Removed, name)
			} else {
				require.NotZero(t, k.Removed, name)
			}
		} else {
			require.Zero(t, k.Removed, name)
		}
		if r, some := object.(replaced); some && k.ReplacedBy != (apis.Name{}) {
			with := r.APILifecycleReplacement()
			require.Equal(t, strings.TrimSuffix(with.Kind, "List"), k.ReplacedBy.Kind, name) // one names its list
		}
	}
	require.Greater(t, compared, 110)
}

// TestRows wants each row to be whole, and to say where it is from.
func TestRows(t *testing.T) {
	require.Greater(t, len(apis.Kinds()), 190)
	for _, k := range apis.Kinds() {
		name := k.APIVersion + " " + k.Kind
		require.NotEmpty(t, k.Resource, name)
		require.Contains(t, k.Source, "1.", name)
		if k.ReplacedBy != (apis.Name{}) {
			by, known := apis.Find(k.ReplacedBy.APIVersion, k.ReplacedBy.Kind)
			require.True(t, known, name)
			require.Equal(t, apis.Served, by.In(apis.Newest), name)
		}
		if k.Removed > 0 {
			require.Equal(t, apis.Removed, k.In(k.Removed), name)
			require.NotEqual(t, apis.Removed, k.In(k.Removed-1), name)
		}
		require.True(t, apis.BuiltIn(k.Group()), name)
		require.True(t, apis.HasResource(k.Group(), k.Resource), name)
	}
}

// TestScopes are those of kinds with a namespace and without one.
func TestScopes(t *testing.T) {
	for of, cluster := range map[string]bool{
		"v1 Namespace": true, "v1 ConfigMap": false, "flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema": true, "networking.k8s.io/v1beta1 Ingress": false,
		"networking.k8s.io/v1beta1 IngressClass": true, "rbac.authorization.k8s.io/v1 ClusterRole": true, "policy/v1beta1 PodSecurityPolicy": true, "discovery.k8s.io/v1beta1 EndpointSlice": false,
	} {
		version, kind, _ := strings.Cut(of, " ")
		k, _ := apis.Find(version, kind)
		require.Equal(t, cluster, k.Cluster, of)
	}
}

// TestStates are those of kinds in minors, from the deprecation guide and from discovery.
func TestStates(t *testing.T) {
	for of, want := range map[string]map[int]apis.State{
		"extensions/v1beta1 Ingress":                              {21: apis.Served, 22: apis.Removed},
		"policy/v1beta1 PodSecurityPolicy":                        {24: apis.Served, 25: apis.Removed},
		"autoscaling/v2beta2 HorizontalPodAutoscaler":             {25: apis.Served, 26: apis.Removed},
		"flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema":         {31: apis.Served, 32: apis.Removed},
		"resource.k8s.io/v1 ResourceClaim":                        {33: apis.Later, 34: apis.Served},
		"resource.k8s.io/v1beta1 ResourceClaim":                   {34: apis.Off, 31: apis.Later},
		"admissionregistration.k8s.io/v1 MutatingAdmissionPolicy": {35: apis.Later, 36: apis.Served},
		"storage.k8s.io/v1beta1 VolumeAttributesClass":            {36: apis.Off, 37: apis.Removed},
		"settings.k8s.io/v1alpha1 PodPreset":                      {34: apis.Removed},
		"apps/v1 Deployment":                                      {29: apis.Served, 37: apis.Served},
	} {
		version, kind, _ := strings.Cut(of, " ")
		k, known := apis.Find(version, kind)
		require.True(t, known, of)
		for minor, state := range want {
			require.Equal(t, state, k.In(minor), "%s in 1.%d", of, minor)
		}
	}
}

// TestCorrect says what to write for kinds that do not exist, and leaves alone what a
// CustomResourceDefinition may define.
func TestCorrect(t *testing.T) {
	for of, want := range map[string]string{
		"v1 Deployment": "apiVersion write `apiVersion: apps/v1`", "apps Deployment": "apiVersion write `apiVersion: apps/v1`",
		"apps/v2 Deployment": "apiVersion write `apiVersion: apps/v1`", "extensions/v1 Deployment": "apiVersion write `apiVersion: apps/v1`",
		"networking/v1 Ingress": "apiVersion write `apiVersion: networking.k8s.io/v1`", "networking.k8s.oi/v1 Ingress": "apiVersion write `apiVersion: networking.k8s.io/v1`",
		"core/v1 Pod": "apiVersion write `apiVersion: v1`", "v2 Pod": "apiVersion write `apiVersion: v1`", "rbac/v1 Role": "apiVersion write `apiVersion: rbac.authorization.k8s.io/v1`",
		"apps/v1 Deploymnet": "kind write `kind: Deployment`", "v1 Configmap": "kind write `kind: ConfigMap`", "batch/v1 Cronjob": "kind write `kind: CronJob`",
		"v1 PVC": "kind write `kind: PersistentVolumeClaim`", "rbac.authorization.k8s.io/v1 RoleBindings": "kind write `kind: RoleBinding`",
		"v1 Statefulset":                 "kind write `apiVersion: apps/v1` and `kind: StatefulSet`",
		"v1 Foo":                         "kind correct apiVersion and kind, as `kubectl api-resources` lists them",
		"cert-manager.io/v1 Certificate": "", "gateway.networking.k8s.io/v1 Gateway": "", "networking.istio.io/v1 Gateway": "", "metrics.k8s.io/v1beta1 PodMetrics": "",
		"serving.knative.dev/v1 Service": "", "autoscaling.k8s.io/v1 VerticalPodAutoscaler": "", "snapshot.storage.k8s.io/v1 VolumeSnapshot": "", "events.example.com/v1 Event": "",
	} {
		version, kind, _ := strings.Cut(of, " ")
		key, fix, wrong := apis.Correct(version, kind, 34)
		require.Equal(t, want, strings.TrimSpace(key+" "+fix), of)
		require.Equal(t, want != "", wrong, of)
	}
}
