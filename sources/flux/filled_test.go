package flux

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/manifest"
)

const substituting = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  suspend: ${OFF}
  sourceRef: {kind: GitRepository, name: home}
  postBuild: {substituteFrom: [{kind: Secret, name: gone}], substitute: {COUNT: "3", REPLICAS: "2", MEM: 128Mi, WORD: many}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: db, namespace: home}
spec:
  suspend: ${OFF}
  maxHistory: ${HISTORY:-3}
  values: {replicas: "${REPLICAS}"}
`

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: home}
spec:
  replicas: ${REPLICAS:=1}
  paused: ${PAUSED:-true}
  revisionHistoryLimit: ${COUNT}
  progressDeadlineSeconds: ${DEADLINE}
  template:
    spec:
      containers:
      - name: main
        image: example:${TAG}
        ports: [{containerPort: "${PORT}"}, {containerPort: 90}]
        resources: {requests: {memory: "${MEM}", cpu: "${CPU}"}, limits: {memory: "${LIMIT:=256}Mi"}}
`

// TestFilled reads numbers, amounts and truths that Flux fills in: by the variables of the
// Kustomization of the tree, else by the default that is written, else not at all.
func TestFilled(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"app/flux.yaml": substituting, "apps/web.yaml": web} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	s, findings, err := Read(root, "app", &Options{Nodes: []byte("kind: Node\nmetadata: {name: pi}\n")})
	require.NoError(t, err)
	require.Empty(t, findings)
	require.Len(t, s.Objects, 3)
	deployment := s.Objects[slices.IndexFunc(s.Objects, func(o *manifest.Object) bool { return o.Kind == "Deployment" })]
	spec := deployment.Value.(*appsv1.Deployment).Spec
	require.Equal(t, ptr.To(int32(2)), spec.Replicas, "the variable counts more than the default")
	require.True(t, spec.Paused)
	require.Equal(t, ptr.To(int32(3)), spec.RevisionHistoryLimit)
	require.Nil(t, spec.ProgressDeadlineSeconds)
	require.Zero(t, spec.MinReadySeconds)
	c := spec.Template.Spec.Containers[0]
	require.Equal(t, []corev1.ContainerPort{{}, {ContainerPort: 90}}, c.Ports)
	require.Equal(t, "128Mi", c.Resources.Requests.Memory().String())
	require.NotContains(t, c.Resources.Requests, corev1.ResourceCPU)
	require.Equal(t, "256Mi", c.Resources.Limits.Memory().String())
	require.NotContains(t, c.Resources.Limits, corev1.ResourceCPU)
	require.EqualValues(t, "2", deployment.Written["spec"].(map[string]any)["replicas"], "what Flux applies")
}

// TestUnfilledAndWrong wants the value that is wrong reported, and not the one beside it.
func TestUnfilledAndWrong(t *testing.T) {
	got := read(t, map[string]string{"app/a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n  replicas: ${N}\n  minReadySeconds: soon\n"})
	require.Contains(t, got, `app/a.yaml:6:3: error: spec.minReadySeconds of Deployment x is the text "soon"`)
	require.NotContains(t, got, "${N}")
}
