package versions

import (
	"fmt"
	"testing"
)

func TestX(t *testing.T) {
	for _, x := range [][2]string{
		{"extensions/v1beta1", "Ingress"}, {"apps/v1beta1", "Deployment"}, {"policy/v1beta1", "PodSecurityPolicy"}, {"v1", "Deployment"}, {"apps", "Deployment"}, {"networking/v1", "Ingress"},
		{"extensions/v1", "Deployment"}, {"apps/v2", "Deployment"}, {"apps/v1", "Deploymnet"}, {"v1", "Configmap"}, {"networking.k8s.oi/v1", "Ingress"}, {"rbac.authorization.k8s.io/v1", "RoleBindings"},
		{"cert-manager.io/v1", "Certificate"}, {"resource.k8s.io/v1beta1", "ResourceClaim"}, {"resource.k8s.io/v1alpha2", "ResourceClass"}, {"batch/v1beta1", "CronJob"}, {"v1", "CronJob"}, {"v1", "PVC"},
		{"admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy"}, {"authentication.k8s.io/v1", "TokenReview"}, {"settings.k8s.io/v1alpha1", "PodPreset"}, {"v1", "Foo"}, {"kustomize.toolkit.fluxcd.io/v1beta2", "Kustomization"},
		{"autoscaling/v2beta2", "HorizontalPodAutoscaler"}, {"policy/v1", "Eviction"}, {"core/v1", "Pod"}, {"apps/v1/x", "Deployment"}, {"helm.toolkit.fluxcd.io/v2beta3", "HelmRelease"}, {"rbac/v1", "Role"}, {"v2", "Pod"}, {"storage.k8s.io/v1", "VolumeAttributesClass"},
		{"flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"}, {"batch/v1", "Cronjob"}, {"v1", "Job"}, {"apps/v1", "Ingress"}, {"v1", "ServiceAcount"},
	} {
		for _, m := range []int{34, 0, 31} {
			for _, r := range New(m, m != 0, nil).Check(x[0], x[1], x[1]+" web/x") {
				fmt.Printf("%d %s %s %v: %s. %s. %s.\n", m, r.Code, r.Severity, r.Keys, r.Problem, r.Detail, r.Fix)
			}
		}
	}
}
