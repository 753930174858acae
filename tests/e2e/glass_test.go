package e2e_test

import (
	"context"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// What docs/how-to/break-glass.md changes, on the cluster home.
const (
	stopped      = "vaultwarden" // the unit that is suspended
	stoppedIn    = "vault"
	handImage    = "docker.io/vaultwarden/server:1.34.2"
	bumped       = "uptime-kuma" // one that goes on
	bumpedIn     = "status"
	statusOld    = "uptime-kuma:2.0.2-slim-rootless"
	statusNew    = "uptime-kuma:2.0.1-slim-rootless"
	glassPolicy  = "break-glass"
	policiesUnit = "policies"
)

// brokenGlass does what the how-to of that name does, and what it says undoes it.
func (s *scenario) brokenGlass() {
	s.Helper()
	began := time.Now()

	// A suspended unit keeps what is changed by hand, and a policy that allows everything
	// stays, over a commit that others follow.
	require.NoError(s, s.Suspend(stopped, true))
	s.patchImage(handImage)
	s.openNamespace()
	old := s.swap("cloud.cue", statusOld, statusNew)
	s.settled(s.change(), stopped)
	require.Contains(s, s.imageOf(bumpedIn, bumped), statusNew)
	require.Equal(s, handImage, s.imageOf(stoppedIn, stopped))
	_, err := s.Client.NetworkingV1().NetworkPolicies(stoppedIn).Get(s.Context(), glassPolicy, metav1.GetOptions{})
	require.NoError(s, err)

	// A reverted commit brings the old version back.
	s.write("cloud.cue", old)
	s.settled(s.change(), stopped)
	require.Contains(s, s.imageOf(bumpedIn, bumped), statusOld)

	// Flux repairs the unit when it is resumed.
	require.NoError(s, s.Suspend(stopped, false))
	require.NoError(s, s.Await("the unit to be repaired", patience, func(context.Context) (bool, error) {
		return s.imageOf(stoppedIn, stopped) != handImage, nil
	}))

	// Bindings that audit let in what they denied.
	require.ErrorContains(s, s.privileged(), "denied request")
	require.NoError(s, s.Suspend(policiesUnit, true))
	s.audit()
	require.NoError(s, s.Await("the policies to audit", patience, func(context.Context) (bool, error) {
		return s.privileged() == nil, nil
	}))
	require.NoError(s, s.Suspend(policiesUnit, false))
	require.NoError(s, s.Await("the policies to deny again", patience, func(context.Context) (bool, error) {
		err := s.privileged()
		return err != nil && strings.Contains(err.Error(), "denied request"), nil
	}))
	s.figures.add("glass broken and put back", "in %.0f s", time.Since(began).Seconds())
}

// patchImage gives the suspended unit's Deployment another image, by hand.
func (s *scenario) patchImage(image string) {
	s.Helper()
	patch := `{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"` + image + `"}]}}}}`
	_, err := s.Client.AppsV1().Deployments(stoppedIn).Patch(s.Context(), stopped, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "kubectl-set"})
	require.NoError(s, err)
}

func (s *scenario) imageOf(namespace, name string) string {
	s.Helper()
	return s.deployment(namespace, name).Spec.Template.Spec.Containers[0].Image
}

// openNamespace applies break-glass.yaml.
func (s *scenario) openNamespace() {
	s.Helper()
	_, err := s.Client.NetworkingV1().NetworkPolicies(stoppedIn).Create(s.Context(), &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: glassPolicy},
		Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{}}, Egress: []networkingv1.NetworkPolicyEgressRule{{}},
		},
	}, metav1.CreateOptions{})
	require.NoError(s, err)
}

// audit lets every binding of the tree audit.
func (s *scenario) audit() {
	s.Helper()
	bindings := s.Client.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings()
	list, err := bindings.List(s.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=stillsuit"})
	require.NoError(s, err)
	require.NotEmpty(s, list.Items)
	for _, b := range list.Items {
		_, err := bindings.Patch(s.Context(), b.Name, types.MergePatchType, []byte(`{"spec":{"validationActions":["Audit"]}}`), metav1.PatchOptions{})
		require.NoError(s, err)
	}
}

// privileged asks for a Deployment that the policies refuse, as a dry run.
func (s *scenario) privileged() error {
	yes, labels := true, map[string]string{"app.kubernetes.io/name": "glass"}
	_, err := s.Client.AppsV1().Deployments(stoppedIn).Create(s.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "glass", Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "main", Image: "docker.io/library/busybox:latest", SecurityContext: &corev1.SecurityContext{Privileged: &yes},
				}}},
			},
		},
	}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	return err
}
