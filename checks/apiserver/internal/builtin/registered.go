package builtin

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/features"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/kube-aggregator/pkg/apis/apiregistration"
	"k8s.io/kube-aggregator/pkg/apis/apiregistration/install"
	aggregatorvalidation "k8s.io/kube-aggregator/pkg/apis/apiregistration/validation"
	"k8s.io/kubernetes/pkg/apis/admissionregistration"

	"stillsuit.dev/checks/apiserver/internal/builtin/registration"
)

// registered are the strategies of what is registered with the API server: policies and
// webhooks (k8s.io/kubernetes, pkg/registry/admissionregistration) and APIs
// (k8s.io/kube-aggregator, pkg/registry/apiservice). The API server also requires that the
// subject that applies a policy may read its parameters. That depends on the cluster's rights,
// and is not checked here.
func registered() map[schema.GroupKind]strategy {
	const group = "admissionregistration.k8s.io"
	return map[schema.GroupKind]strategy{
		{Group: group, Kind: "ValidatingAdmissionPolicy"}: created[*admissionregistration.ValidatingAdmissionPolicy]{
			prepare: func(p *admissionregistration.ValidatingAdmissionPolicy) {
				p.Status = admissionregistration.ValidatingAdmissionPolicyStatus{}
			},
			validate: func(p *admissionregistration.ValidatingAdmissionPolicy) field.ErrorList {
				return append(registration.ValidateValidatingAdmissionPolicy(p), suffix(p.Name)...)
			},
		},
		{Group: group, Kind: "ValidatingAdmissionPolicyBinding"}: created[*admissionregistration.ValidatingAdmissionPolicyBinding]{
			declared: true,
			validate: func(b *admissionregistration.ValidatingAdmissionPolicyBinding) field.ErrorList {
				return append(registration.ValidateValidatingAdmissionPolicyBinding(b), suffix(b.Name)...)
			},
		},
		{Group: group, Kind: "MutatingAdmissionPolicy"}: created[*admissionregistration.MutatingAdmissionPolicy]{
			validate: func(p *admissionregistration.MutatingAdmissionPolicy) field.ErrorList {
				return append(registration.ValidateMutatingAdmissionPolicy(p), suffix(p.Name)...)
			},
		},
		{Group: group, Kind: "MutatingAdmissionPolicyBinding"}: created[*admissionregistration.MutatingAdmissionPolicyBinding]{
			validate: func(b *admissionregistration.MutatingAdmissionPolicyBinding) field.ErrorList {
				return append(registration.ValidateMutatingAdmissionPolicyBinding(b), suffix(b.Name)...)
			},
		},
		{Group: group, Kind: "ValidatingWebhookConfiguration"}: created[*admissionregistration.ValidatingWebhookConfiguration]{
			validate: func(c *admissionregistration.ValidatingWebhookConfiguration) field.ErrorList {
				return append(registration.ValidateValidatingWebhookConfiguration(c), suffix(c.Name)...)
			},
		},
		{Group: group, Kind: "MutatingWebhookConfiguration"}: created[*admissionregistration.MutatingWebhookConfiguration]{
			validate: func(c *admissionregistration.MutatingWebhookConfiguration) field.ErrorList {
				return append(registration.ValidateMutatingWebhookConfiguration(c), suffix(c.Name)...)
			},
		},
		{Group: apiregistration.GroupName, Kind: "APIService"}: created[*apiregistration.APIService]{
			prepare:  func(s *apiregistration.APIService) { s.Status = apiregistration.APIServiceStatus{} },
			validate: aggregatorvalidation.ValidateAPIService,
		},
	}
}

// suffix refuses the names of what is read from files of the API server.
func suffix(name string) field.ErrorList {
	if !utilfeature.DefaultFeatureGate.Enabled(features.ManifestBasedAdmissionControlConfig) {
		return nil
	}
	return registration.ValidateStaticSuffix(name, field.NewPath("metadata", "name"))
}

// aggregated has the types of the aggregator, which serves APIServices beside the API server's
// own types.
func aggregated() *runtime.Scheme {
	scheme := runtime.NewScheme()
	install.Install(scheme)
	return scheme
}
