package charts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/common"
	commonutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"stillsuit.dev/generator/manifest"
)

// made is what a chart renders.
type made struct {
	objects   []*manifest.Object // but for tests
	workloads []workload
	services  []*corev1.Service
	webhooks  []webhook
}

// workload is one that makes pods.
type workload struct {
	kind, name string
	hook       bool // Helm runs it beside the release, and it ends
	replicas   int32
	pod        corev1.PodTemplateSpec
}

func (w workload) String() string { return w.kind + " " + w.name }

// webhook is a Service that the API server calls, and its port.
type webhook struct {
	service string
	port    int32
}

// render renders a chart as helm-controller would: with Helm's checks of the values,
// on the cluster's version of Kubernetes, without asking a cluster.
func render(t *testing.T, c *chart.Chart, r *release, values map[string]any) *made {
	t.Helper()
	require.NoError(t, util.ProcessDependencies(c, values))
	kubernetes, err := common.ParseKubeVersion("v" + r.kubernetes + ".0")
	require.NoError(t, err)
	caps := &common.Capabilities{KubeVersion: *kubernetes, APIVersions: common.DefaultVersionSet}
	top, err := commonutil.ToRenderValues(c, values, common.ReleaseOptions{
		Name: r.helm.Spec.ReleaseName, Namespace: r.helm.Namespace, Revision: 1, IsInstall: true,
	}, caps)
	require.NoError(t, err)
	files, err := engine.Render(c, top)
	require.NoError(t, err)
	out := &made{}
	for name, text := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			continue
		}
		for _, document := range strings.Split(text, "\n---") {
			out.add(t, name, document)
		}
	}
	slices.SortFunc(out.workloads, func(a, b workload) int { return strings.Compare(a.String(), b.String()) })
	require.NotEmpty(t, out.workloads)
	return out
}

func (m *made) add(t *testing.T, file, document string) {
	t.Helper()
	var o struct {
		Kind     string
		Metadata struct {
			Name        string
			Annotations map[string]string
		}
		Webhooks []struct{ ClientConfig clientConfig }
		Spec     struct {
			Conversion struct {
				Webhook struct{ ClientConfig clientConfig }
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(document), &o), file)
	hook := o.Metadata.Annotations["helm.sh/hook"]
	if strings.HasPrefix(hook, "test") { // Flux runs tests only where it is told to
		return
	}
	m.keep(t, file, document)
	keep := func(replicas *int32, pod corev1.PodTemplateSpec) {
		w := workload{kind: o.Kind, name: o.Metadata.Name, hook: hook != "", replicas: 1, pod: pod}
		if replicas != nil {
			w.replicas = *replicas
		}
		m.workloads = append(m.workloads, w)
	}
	into := func(object any) { require.NoError(t, yaml.UnmarshalStrict([]byte(document), object), file) }
	switch o.Kind {
	case "Deployment":
		var d appsv1.Deployment
		into(&d)
		keep(d.Spec.Replicas, d.Spec.Template)
	case "StatefulSet":
		var s appsv1.StatefulSet
		into(&s)
		keep(s.Spec.Replicas, s.Spec.Template)
	case "DaemonSet":
		var d appsv1.DaemonSet
		into(&d)
		keep(nil, d.Spec.Template)
	case "Job":
		var j batchv1.Job
		into(&j)
		keep(nil, j.Spec.Template)
	case "CronJob":
		var j batchv1.CronJob
		into(&j)
		keep(nil, j.Spec.JobTemplate.Spec.Template)
	case "Pod", "ReplicaSet", "ReplicationController":
		require.Fail(t, "a kind that is not compared", "%s: %s %s", file, o.Kind, o.Metadata.Name)
	case "Service":
		var s corev1.Service
		into(&s)
		m.services = append(m.services, &s)
	}
	for _, w := range o.Webhooks {
		m.called(w.ClientConfig)
	}
	m.called(o.Spec.Conversion.Webhook.ClientConfig)
}

// keep keeps an object for policies, as its Go type where it is of one of Kubernetes' own
// kinds.
func (m *made) keep(t *testing.T, file, document string) {
	t.Helper()
	u := map[string]any{}
	require.NoError(t, yaml.Unmarshal([]byte(document), &u), file)
	if len(u) == 0 {
		return
	}
	o := &unstructured.Unstructured{Object: u}
	gvk := o.GroupVersionKind()
	kept := &manifest.Object{
		ID:         manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: o.GetNamespace(), Name: o.GetName()},
		APIVersion: o.GetAPIVersion(), Value: u,
	}
	if scheme.Scheme.Recognizes(gvk) {
		typed, err := scheme.Scheme.New(gvk)
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal([]byte(document), typed), file)
		kept.Value = typed
	}
	m.objects = append(m.objects, kept)
}

// clientConfig is whom the API server calls (WebhookClientConfig; port 443 by default).
type clientConfig struct {
	Service *struct {
		Name string
		Port *int32
	}
}

func (m *made) called(c clientConfig) {
	if c.Service == nil {
		return
	}
	w := webhook{service: c.Service.Name, port: 443}
	if c.Service.Port != nil {
		w.port = *c.Service.Port
	}
	if !slices.Contains(m.webhooks, w) {
		m.webhooks = append(m.webhooks, w)
	}
}

// registered adds the webhooks that a controller registers once it runs: Kyverno's, of
// the Service and the port that it is told (kyverno cmd/internal/flag.go and
// pkg/config/config.go@v1.19.0).
func (m *made) registered() {
	for _, w := range m.workloads {
		for _, c := range w.pod.Spec.Containers {
			i := slices.IndexFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == "KYVERNO_SVC" })
			for _, arg := range c.Args {
				port, found := strings.CutPrefix(arg, "--servicePort=")
				if n, err := strconv.ParseInt(port, 10, 32); found && err == nil && i >= 0 {
					m.webhooks = append(m.webhooks, webhook{service: c.Env[i].Value, port: int32(n)})
				}
			}
		}
	}
}

// behind are the ports of the pods behind a port of a Service, with the workloads.
func (m *made) behind(service string, port int32) (ports []int32, workloads []workload, err error) {
	i := slices.IndexFunc(m.services, func(s *corev1.Service) bool { return s.Name == service })
	if i < 0 {
		return nil, nil, fmt.Errorf("the chart makes no Service %s", service)
	}
	s := m.services[i]
	j := slices.IndexFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == port })
	if j < 0 {
		return nil, nil, fmt.Errorf("Service %s has no port %d", service, port)
	}
	target := s.Spec.Ports[j].TargetPort
	if target == (intstr.IntOrString{}) {
		target = intstr.FromInt32(port)
	}
	for _, w := range m.workloads {
		if w.hook || !labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(w.pod.Labels)) {
			continue
		}
		for _, p := range w.ports() {
			if target.StrVal == p.Name && target.Type == intstr.String || target.Type == intstr.Int && target.IntVal == p.ContainerPort {
				ports, workloads = append(ports, p.ContainerPort), append(workloads, w)
			}
		}
	}
	if len(ports) == 0 {
		return nil, nil, fmt.Errorf("no pod listens on port %s behind Service %s", target.String(), service)
	}
	return ports, workloads, nil
}

// ports are those of all containers of a pod.
func (w workload) ports() []corev1.ContainerPort {
	var out []corev1.ContainerPort
	for _, c := range w.pod.Spec.Containers {
		out = append(out, c.Ports...)
	}
	return out
}

// listens reports whether a pod has a port. Port 0 stands for every port.
func (w workload) listens(port int32, protocol corev1.Protocol) bool {
	return slices.ContainsFunc(w.ports(), func(p corev1.ContainerPort) bool {
		own := p.Protocol
		if own == "" {
			own = corev1.ProtocolTCP
		}
		return p.ContainerPort == port && own == protocol
	})
}
