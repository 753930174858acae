package charts

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/model"
)

// Each release of the clusters whose chart comes in a module is what we declare.
func TestCharts(t *testing.T) {
	met, denying := map[string]int{}, 0
	for _, dir := range []string{"../..", "../third"} {
		for _, r := range releases(t, dir) {
			name := r.helm.Name
			t.Run(r.cluster+"/"+name, func(t *testing.T) {
				c, values := load(t, name, r.version()), r.values(t)
				require.Empty(t, unknown(values, c.Values, ""), "values that the chart does not read")
				m := render(t, c, r, values)
				m.registered()
				require.Empty(t, differences(r, m))
				if r.subject.Cluster.Policies.Action == "Deny" {
					require.Empty(t, refused(t, r, m))
					denying++
				}
			})
			met[name]++
		}
	}
	require.NotZero(t, denying)
	for name := range sources {
		require.NotZero(t, met[name], "no cluster has %s", name)
	}
}

// unknown are the values of ours that a chart's own values do not have. What it has as
// an empty mapping, or as nothing, holds anything.
func unknown(ours, chart map[string]any, at string) []string {
	var out []string
	for key, value := range ours {
		own, found := chart[key]
		if !found {
			out = append(out, at+key)
			continue
		}
		below, nested := value.(map[string]any)
		of, mapping := own.(map[string]any)
		if nested && mapping && len(of) > 0 && key != "resources" {
			out = append(out, unknown(below, of, at+key+".")...)
		}
	}
	slices.Sort(out)
	return out
}

// Whatever is declared otherwise is noticed, and so is a chart that changed.
func TestDifferencesAreNoticed(t *testing.T) {
	for name, mutant := range map[string]struct {
		chart  string
		change func(r *release, values map[string]any)
		says   string
	}{
		"a footprint that requests less": {"cert-manager", func(r *release, _ map[string]any) {
			r.declared.Footprint["cainjector"].Requests.Memory = r.declared.Footprint["webhook"].Requests.Memory
		}, "footprint.cainjector.requests.memory is 64Mi, and Deployment cert-manager-cainjector has 128Mi"},
		"a limit that nobody declared": {"metallb", func(_ *release, values map[string]any) {
			values["speaker"] = map[string]any{"resources": map[string]any{"limits": map[string]any{"cpu": "1"}}}
		}, "footprint.speaker.limits.cpu is none, and DaemonSet metallb-speaker has 1"},
		"a component that is not counted": {"kyverno", func(_ *release, values map[string]any) {
			values["cleanupController"] = map[string]any{"enabled": true}
		}, "footprint has no component cleanup-controller, and the chart makes Deployment kyverno-cleanup-controller"},
		"a component that is not made": {"kyverno", func(_ *release, values map[string]any) {
			values["reportsController"] = map[string]any{"enabled": false}
		}, "footprint.reports-controller: the chart makes no such component"},
		"more pods": {"cert-manager", func(_ *release, values map[string]any) { values["replicaCount"] = 2 },
			"footprint.controller.pods is 1, and Deployment cert-manager has 2"},
		"a pod on each node": {"metallb", func(r *release, _ map[string]any) { r.declared.Footprint["speaker"].PerNode = false },
			"footprint.speaker.perNode is false, and DaemonSet metallb-speaker has true"},
		"a taint": {"metallb", func(r *release, _ map[string]any) { r.declared.Footprint["speaker"].Tolerate = []string{"*"} },
			"footprint.speaker.tolerate is [*], and DaemonSet metallb-speaker has [node-role.kubernetes.io/control-plane node-role.kubernetes.io/master]"},
		"nodes": {"cert-manager", func(_ *release, values map[string]any) {
			values["webhook"].(map[string]any)["nodeSelector"] = map[string]any{"disk": "ssd"}
		}, "footprint.webhook.labels is map[], and Deployment cert-manager-webhook has map[disk:ssd]"},
		"a Service": {"cert-manager", func(r *release, _ map[string]any) { r.declared.Services["metrics"].Service = "metrics" },
			"services.metrics: the chart makes no Service metrics"},
		"a port of a Service": {"cert-manager", func(r *release, _ map[string]any) { r.declared.Services["metrics"].Port = 80 },
			"services.metrics: Service cert-manager has no port 80"},
		"the pods behind a Service": {"cert-manager", func(r *release, _ map[string]any) {
			r.declared.Services["metrics"].Pods = model.Labels{"app": "controller"}
		}, "services.metrics.pods does not select Deployment cert-manager"},
		"a webhook that is not declared": {"cert-manager", func(r *release, _ map[string]any) { r.declared.Webhooks = nil },
			"webhooks is [], and the API server calls [10250]"},
		"a webhook's port that changed": {"cert-manager", func(_ *release, values map[string]any) {
			values["webhook"].(map[string]any)["securePort"] = 10260
		}, "no policy opens port 10260 of Deployment cert-manager-webhook to the API server"},
		"a webhook that is registered later": {"kyverno", func(r *release, _ map[string]any) { r.declared.Webhooks = []int32{443} },
			"webhooks is [443], and the API server calls [9443]"},
		"a policy about other pods": {"cert-manager", func(r *release, _ map[string]any) {
			r.policies[0].Spec.PodSelector.MatchLabels = map[string]string{"app": "certmanager"}
		}, "NetworkPolicy cert-manager selects no pod that the chart makes"},
		"a hook without a policy": {"cert-manager", func(r *release, _ map[string]any) {
			r.policies[0].Spec.PodSelector.MatchLabels = map[string]string{"app.kubernetes.io/component": "webhook"}
		}, "no NetworkPolicy is about Job cert-manager-startupapicheck, which therefore reaches nothing"},
		"a port that nobody listens on": {"cert-manager", func(r *release, _ map[string]any) {
			rule := &r.policies[0].Spec.Ingress[0]
			*rule.Ports[0].Port = intstr.FromInt32(9410)
		}, "NetworkPolicy cert-manager opens port 9410 TCP, and no pod that it is about listens there"},
		"what is scraped": {"cert-manager", func(r *release, _ map[string]any) {
			*r.monitors[0].Spec.PodMetricsEndpoints[0].PortNumber = 9410
		}, "PodMonitor cert-manager-metrics scrapes a port on which no pod that it selects listens"},
		"a level that is too strict": {"metallb", func(r *release, _ map[string]any) { r.level = "baseline" },
			"the namespace's level baseline refuses DaemonSet metallb-speaker"},
		"a level that is too loose": {"kyverno", func(r *release, _ map[string]any) { r.level = "privileged" },
			"the namespace's level is privileged, and its pods meet baseline"},
	} {
		t.Run(name, func(t *testing.T) {
			r := ofTuringpi(t, mutant.chart)
			c, values := load(t, mutant.chart, r.version()), r.values(t)
			mutant.change(r, values)
			m := render(t, c, r, values)
			m.registered()
			require.Contains(t, strings.Join(differences(r, m), "\n"), mutant.says)
		})
	}
	c := load(t, "kyverno", ofTuringpi(t, "kyverno").version())
	require.Equal(t, []string{"admissionController.contaner", "replicaCount"},
		unknown(map[string]any{"replicaCount": 1, "admissionController": map[string]any{"contaner": map[string]any{}}}, c.Values, ""))
}

// A hook without limits is refused by a cluster that denies that.
func TestRefusedHookIsNoticed(t *testing.T) {
	all := releases(t, "../third")
	i := slices.IndexFunc(all, func(r *release) bool { return r.helm.Name == "cert-manager" })
	require.GreaterOrEqual(t, i, 0)
	r := all[i]
	c, values := load(t, "cert-manager", r.version()), r.values(t)
	delete(values, "startupapicheck")
	require.Contains(t, refused(t, r, render(t, c, r, values)), "policy memory-limits refuses Job.batch cert-manager/cert-manager-startupapicheck")
}

// ofTuringpi is a release of the reference cluster that has all of these charts.
func ofTuringpi(t *testing.T, chart string) *release {
	t.Helper()
	all := releases(t, "../..")
	i := slices.IndexFunc(all, func(r *release) bool { return r.cluster == "turingpi" && r.helm.Name == chart })
	require.GreaterOrEqual(t, i, 0)
	return all[i]
}
