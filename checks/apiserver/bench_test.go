package apiserver_test

import (
	"encoding/json"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// app is what one app of a repository has: five objects.
const app = `
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: home, labels: {app.kubernetes.io/name: web}}
  spec:
    replicas: 2
    selector: {matchLabels: {app.kubernetes.io/name: web}}
    template:
      metadata: {labels: {app.kubernetes.io/name: web}}
      spec:
        securityContext: {runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000}
        initContainers: [{name: first, image: "busybox:1.36", command: [sh, -c, "true"]}]
        containers:
        - name: main
          image: nginx:1.27
          ports: [{name: http, containerPort: 8080}, {name: metrics, containerPort: 9090}]
          env: [{name: TZ, value: UTC}, {name: A, value: a}, {name: KEY, valueFrom: {secretKeyRef: {name: web, key: key}}}]
          resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 128Mi}}
          livenessProbe: {httpGet: {path: /healthz, port: http}}
          readinessProbe: {httpGet: {path: /healthz, port: http}}
          volumeMounts: [{name: data, mountPath: /data}, {name: config, mountPath: /config, readOnly: true}]
        volumes: [{name: data, persistentVolumeClaim: {claimName: web}}, {name: config, configMap: {name: web}}]
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: home}
  spec: {selector: {app.kubernetes.io/name: web}, ports: [{name: http, port: 80, targetPort: http}]}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: web, namespace: home}
  data: {config.yaml: "a: b"}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: web, namespace: home}
  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: web, namespace: home}
  spec: {podSelector: {matchLabels: {app.kubernetes.io/name: web}}, policyTypes: [Ingress], ingress: [{ports: [{port: 8080}]}]}
`

// objects are n objects as a foreign tree has them: typed, and as they were written.
func objects(t testing.TB, n int) []*manifest.Object {
	t.Helper()
	var five []map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(app), &five))
	out := make([]*manifest.Object, 0, n)
	for i := range n {
		b, err := json.Marshal(five[i%len(five)])
		require.NoError(t, err)
		o := &manifest.Object{Written: map[string]any{}}
		require.NoError(t, json.Unmarshal(b, &o.Written))
		gvk := schema.FromAPIVersionAndKind(fmt.Sprint(o.Written["apiVersion"]), fmt.Sprint(o.Written["kind"]))
		o.APIVersion, o.ID = gvk.GroupVersion().String(), manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: "home", Name: "web"}
		into, err := scheme.Scheme.New(gvk)
		require.NoError(t, err)
		require.NoError(t, runtime.DecodeInto(scheme.Codecs.UniversalDeserializer(), b, into))
		o.Value = into
		out = append(out, o)
	}
	return out
}

func BenchmarkObjects(b *testing.B) {
	for _, n := range []int{1000, 10000, 20000} {
		subject := &inventory.Subject{Objects: objects(b, n), Places: line{}}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				findings, err := checks.Run(subject, []*checks.Checker{apiserver.Checker(nil)}, nil)
				require.NoError(b, err)
				require.Empty(b, findings)
			}
			b.ReportMetric(float64((cpu(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpu is what the process has used so far.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
