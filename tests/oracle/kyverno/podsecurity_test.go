package kyverno

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	psa "k8s.io/pod-security-admission/api"
	psapolicy "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/policies/library/fixture"
)

// own are policies about Pod Security that the standards do not have.
func own() []string { return []string{"read-only-root"} }

// TestPodSecurity holds the policies about Pod Security, together, against the checks
// that the API server makes of a pod: in a namespace of each level, both refuse the
// same pods, whether they stand alone or are made by a controller. What the API server
// reads of AppArmor's old annotations is left out: it has written them into fields by
// the time that it asks Kyverno.
func TestPodSecurity(t *testing.T) {
	folders, err := fixture.Read(os.DirFS(libraryDir))
	require.NoError(t, err)
	namespaces, err := fixture.Objects(os.DirFS(libraryDir), "namespaces.yaml")
	require.NoError(t, err)
	var policies [][]byte
	for _, f := range folders {
		u := &unstructured.Unstructured{}
		require.NoError(t, yaml.Unmarshal(f.Policy, u))
		if u.GetAnnotations()["policies.kyverno.io/category"] == "Pod Security" && !slices.Contains(own(), f.Name) {
			policies = append(policies, f.Policy)
		}
	}
	require.Greater(t, len(policies), 12)
	engine, err := New(policies, nil, namespaces)
	require.NoError(t, err)
	checks, err := psapolicy.NewEvaluator(psapolicy.DefaultChecks(), nil)
	require.NoError(t, err)

	r := rand.New(rand.NewPCG(7, 19))
	refused, alone := map[string]int{}, map[string]bool{}
	for i := range 1500 {
		spec := randomPod(r)
		for _, in := range []struct {
			namespace string
			level     psa.Level
		}{{"home", psa.LevelRestricted}, {"edge", psa.LevelBaseline}, {"node-tools", psa.LevelPrivileged}} {
			var typed corev1.PodSpec
			b, err := json.Marshal(spec)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(b, &typed))
			var forbidden []string
			for _, result := range checks.EvaluatePod(psa.LevelVersion{Level: in.level, Version: psa.MajorMinorVersion(1, 34)}, &metav1.ObjectMeta{}, &typed) {
				if !result.Allowed {
					forbidden = append(forbidden, result.ForbiddenReason)
				}
			}
			rows, err := engine.Judge(t.Context(), wrapped(i, in.namespace, spec))
			require.NoError(t, err)
			var failed []string
			for _, row := range rows {
				require.NotEqual(t, "error", row.Verdict, row.Message)
				if row.Verdict == "fail" {
					failed = append(failed, row.Policy)
				}
			}
			require.Equal(t, len(forbidden) > 0, len(failed) > 0, "%s: the API server says %q, the policies %q of\n%s", in.level, forbidden, failed, b)
			refused[fmt.Sprint(in.level, len(failed) > 0)]++
			if failed = slices.Compact(failed); len(failed) == 1 {
				alone[failed[0]] = true
			}
		}
	}
	t.Log(refused)
	for _, verdict := range []string{"restrictedtrue", "restrictedfalse", "baselinetrue", "baselinefalse"} {
		require.Greater(t, refused[verdict], 100, "%s: too few pods for a comparison", verdict)
	}
	require.Zero(t, refused["privilegedtrue"])
	require.Len(t, alone, len(policies), "without one of the others a pod would have passed: %v", alone)
}

// wrapped is a pod, or what makes one.
func wrapped(i int, namespace string, spec map[string]any) map[string]any {
	object := func(apiVersion, kind string, spec map[string]any) map[string]any {
		return map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"name": "it", "namespace": namespace}, "spec": spec}
	}
	template := map[string]any{"template": map[string]any{"spec": spec}}
	switch kinds := []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}; i % 7 {
	case 0, 1, 2, 3:
		return object("apps/v1", kinds[i%7], template)
	case 4:
		return object("batch/v1", "Job", template)
	case 5:
		return object("batch/v1", "CronJob", map[string]any{"jobTemplate": map[string]any{"spec": template}})
	default:
		return object("v1", "Pod", spec)
	}
}

// randomPod is a pod that keeps to all of the standards but for about one setting.
func randomPod(r *rand.Rand) map[string]any {
	container := func(name string) map[string]any {
		return map[string]any{"name": name, "image": "docker.io/library/a:1", "securityContext": map[string]any{
			"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": []any{"ALL"}},
		}}
	}
	pod := map[string]any{
		"containers":      []any{container("main"), container("second")},
		"initContainers":  []any{container("first")},
		"securityContext": map[string]any{"runAsNonRoot": true, "seccompProfile": map[string]any{"type": "RuntimeDefault"}},
	}
	for range r.IntN(3) {
		s := settings()[r.IntN(len(settings()))]
		at := pod
		if path, inContainer := strings.CutPrefix(s.path, "container."); inContainer {
			lists := []string{"containers", "initContainers", "containers"}
			list := pod[lists[r.IntN(len(lists))]].([]any)
			at, s.path = list[r.IntN(len(list))].(map[string]any), path
		}
		keys := strings.Split(s.path, ".")
		value := s.values[r.IntN(len(s.values))]
		if value == nil {
			unstructured.RemoveNestedField(at, keys...)
			continue
		}
		// A setting below one that was removed or replaced before is left out.
		_ = unstructured.SetNestedField(at, value, keys...)
	}
	return pod
}

type setting struct {
	path   string
	values []any
}

func settings() []setting {
	profiles := []any{nil, map[string]any{"type": "RuntimeDefault"}, map[string]any{"type": "Localhost"}, map[string]any{"type": "Unconfined"}}
	host := func(kind string) []any {
		return []any{map[string]any{kind: map[string]any{"port": int64(80)}}, map[string]any{kind: map[string]any{"port": int64(80), "host": ""}}, map[string]any{kind: map[string]any{"port": int64(80), "host": "192.168.1.1"}}}
	}
	volume := func(kind string) any {
		return []any{map[string]any{"name": "safe", "emptyDir": map[string]any{}}, map[string]any{"name": "v", kind: map[string]any{}}}
	}
	return []setting{
		{"hostNetwork", []any{true, false}}, {"hostPID", []any{true, false}}, {"hostIPC", []any{true, false}},
		{"securityContext.runAsNonRoot", []any{nil, true, false}}, {"container.securityContext.runAsNonRoot", []any{nil, true, false}},
		{"securityContext.runAsUser", []any{nil, int64(0), int64(1000)}}, {"container.securityContext.runAsUser", []any{nil, int64(0), int64(1000)}},
		{"securityContext.seccompProfile", profiles}, {"container.securityContext.seccompProfile", profiles},
		{"securityContext.appArmorProfile", profiles}, {"container.securityContext.appArmorProfile", profiles},
		{"container.securityContext.privileged", []any{true, false}}, {"container.securityContext.allowPrivilegeEscalation", []any{nil, true}},
		{"container.securityContext.capabilities.drop", []any{nil, []any{}, []any{"NET_RAW"}, []any{"ALL", "NET_RAW"}}},
		{"container.securityContext.capabilities.add", []any{[]any{"NET_BIND_SERVICE"}, []any{"CHOWN"}, []any{"NET_BIND_SERVICE", "SYS_ADMIN"}, []any{"ALL"}}},
		{"container.securityContext.capabilities", []any{nil}}, {"container.securityContext", []any{nil}}, {"securityContext", []any{nil}},
		{"container.securityContext.procMount", []any{"Default", "Unmasked"}},
		{"securityContext.seLinuxOptions", []any{map[string]any{"type": "container_t"}, map[string]any{"type": "container_engine_t"}, map[string]any{"type": "spc_t"}, map[string]any{"user": "u"}, map[string]any{"role": "r"}, map[string]any{"level": "s0"}}},
		{"container.securityContext.seLinuxOptions", []any{map[string]any{"type": "container_init_t"}, map[string]any{"type": "spc_t"}, map[string]any{"role": "r"}}},
		{"securityContext.windowsOptions.hostProcess", []any{true, false}}, {"container.securityContext.windowsOptions.hostProcess", []any{true, false}},
		{"securityContext.sysctls", []any{[]any{map[string]any{"name": "net.ipv4.tcp_rmem", "value": "1"}}, []any{map[string]any{"name": "kernel.shm_rmid_forced", "value": "1"}, map[string]any{"name": "kernel.msgmax", "value": "1"}}}},
		{"container.ports", []any{[]any{map[string]any{"containerPort": int64(53)}}, []any{map[string]any{"containerPort": int64(53), "hostPort": int64(53)}}, []any{map[string]any{"containerPort": int64(53), "hostPort": int64(0)}}}},
		{"container.livenessProbe", host("httpGet")}, {"container.readinessProbe", host("tcpSocket")}, {"container.startupProbe", host("httpGet")},
		{"container.lifecycle.postStart", host("httpGet")}, {"container.lifecycle.preStop", host("tcpSocket")},
		{"volumes", []any{volume("configMap"), volume("csi"), volume("downwardAPI"), volume("ephemeral"), volume("image"), volume("persistentVolumeClaim"), volume("projected"), volume("secret"),
			volume("hostPath"), volume("nfs"), volume("iscsi"), volume("gitRepo"), volume("cephfs"), volume("azureDisk")}},
	}
}
