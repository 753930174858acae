package builtin

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/operation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	pvutil "k8s.io/kubernetes/pkg/api/persistentvolume"
	pvcutil "k8s.io/kubernetes/pkg/api/persistentvolumeclaim"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchvalidation "k8s.io/kubernetes/pkg/apis/batch/validation"
	"k8s.io/kubernetes/pkg/apis/certificates"
	certificatesvalidation "k8s.io/kubernetes/pkg/apis/certificates/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/discovery"
	discoveryvalidation "k8s.io/kubernetes/pkg/apis/discovery/validation"
	"k8s.io/kubernetes/pkg/apis/resource"
	resourcevalidation "k8s.io/kubernetes/pkg/apis/resource/validation"
	volumevalidation "k8s.io/kubernetes/pkg/volume/validation"
)

// created is a strategy that repeats one of k8s.io/kubernetes, pkg/registry, whose package
// would bring a server's storage with it. Tests/e2e compares it with the real one.
type created[T runtime.Object] struct {
	namespaced bool
	prepare    func(T)
	validate   func(T) field.ErrorList
	// declared says that the rules which are written at the type's fields hold too.
	declared bool
	options  []rest.ValidationConfig
}

func (c created[T]) NamespaceScoped() bool { return c.namespaced }

func (c created[T]) PrepareForCreate(_ context.Context, obj runtime.Object) {
	if o, is := obj.(T); is && c.prepare != nil {
		c.prepare(o)
	}
}

func (c created[T]) Validate(ctx context.Context, obj runtime.Object) field.ErrorList {
	o, is := obj.(T)
	if !is {
		return nil
	}
	errs := c.validate(o)
	if c.declared {
		errs = rest.ValidateDeclarativelyWithMigrationChecks(ctx, legacyscheme.Scheme, obj, nil, errs, operation.Create, c.options...)
	}
	return errs
}

// written are the strategies of pkg/registry/GROUP/KIND/strategy.go, by group and kind.
func written() map[schema.GroupKind]strategy {
	return map[schema.GroupKind]strategy{
		{Kind: "ConfigMap"}:      created[*core.ConfigMap]{namespaced: true, validate: validation.ValidateConfigMap},
		{Kind: "Secret"}:         created[*core.Secret]{namespaced: true, validate: validation.ValidateSecret},
		{Kind: "Namespace"}:      created[*core.Namespace]{prepare: finalized, validate: validation.ValidateNamespace},
		{Kind: "Node"}:           created[*core.Node]{prepare: unconfigured, validate: validation.ValidateNode},
		{Kind: "Endpoints"}:      created[*core.Endpoints]{namespaced: true, validate: validation.ValidateEndpointsCreate},
		{Kind: "Service"}:        created[*core.Service]{namespaced: true, prepare: allocated, validate: serving},
		{Kind: "ServiceAccount"}: created[*core.ServiceAccount]{namespaced: true, prepare: named, validate: validation.ValidateServiceAccount},
		{Kind: "PersistentVolume"}: created[*core.PersistentVolume]{prepare: unbound, validate: func(v *core.PersistentVolume) field.ErrorList {
			errs := validation.ValidatePersistentVolume(v, validation.ValidationOptionsForPersistentVolume(v, nil))
			return append(errs, volumevalidation.ValidatePersistentVolume(v)...)
		}},
		{Kind: "PersistentVolumeClaim"}: created[*core.PersistentVolumeClaim]{namespaced: true, prepare: unclaimed, validate: func(c *core.PersistentVolumeClaim) field.ErrorList {
			return validation.ValidatePersistentVolumeClaim(c, validation.ValidationOptionsForPersistentVolumeClaim(c, nil))
		}},
		{Kind: "Pod"}: created[*core.Pod]{namespaced: true, prepare: pending, validate: func(p *core.Pod) field.ErrorList {
			opts := podutil.GetValidationOptionsFromPodSpecAndMeta(&p.Spec, nil, &p.ObjectMeta, nil)
			opts.ResourceIsPod = true
			return validation.ValidatePodCreate(p, opts)
		}},
		{Kind: "ReplicationController"}: created[*core.ReplicationController]{
			namespaced: true, declared: true,
			prepare: func(c *core.ReplicationController) {
				c.Status, c.Generation = core.ReplicationControllerStatus{}, 1
				podutil.DropDisabledTemplateFields(c.Spec.Template, nil)
			},
			validate: func(c *core.ReplicationController) field.ErrorList {
				return validation.ValidateReplicationController(c, podutil.GetValidationOptionsFromPodTemplate(c.Spec.Template, nil))
			},
		},
		{Group: "apps", Kind: "ReplicaSet"}: created[*apps.ReplicaSet]{
			namespaced: true,
			prepare: func(s *apps.ReplicaSet) {
				s.Status, s.Generation = apps.ReplicaSetStatus{}, 1
				podutil.DropDisabledTemplateFields(&s.Spec.Template, nil)
			},
			validate: func(s *apps.ReplicaSet) field.ErrorList {
				return appsvalidation.ValidateReplicaSet(s, podutil.GetValidationOptionsFromPodTemplate(&s.Spec.Template, nil))
			},
		},
		{Group: "batch", Kind: "Job"}: created[*batch.Job]{namespaced: true, prepare: selecting, validate: func(j *batch.Job) field.ErrorList {
			return batchvalidation.ValidateJob(j, batchvalidation.JobValidationOptions{
				PodValidationOptions: podutil.GetValidationOptionsFromPodTemplate(&j.Spec.Template, nil), RequirePrefixedLabels: true,
			})
		}},
		{Group: "discovery.k8s.io", Kind: "EndpointSlice"}: created[*discovery.EndpointSlice]{namespaced: true, declared: true, prepare: unplaced, validate: discoveryvalidation.ValidateEndpointSliceCreate},
		{Group: "certificates.k8s.io", Kind: "CertificateSigningRequest"}: created[*certificates.CertificateSigningRequest]{
			declared: true, prepare: unapproved, validate: certificatesvalidation.ValidateCertificateSigningRequestCreate,
		},
		{Group: "resource.k8s.io", Kind: "ResourceClaim"}: created[*resource.ResourceClaim]{
			namespaced: true, declared: true, options: []rest.ValidationConfig{rest.WithNormalizationRules(resourcevalidation.ResourceNormalizationRules)},
			prepare:  func(c *resource.ResourceClaim) { c.Status = resource.ResourceClaimStatus{} },
			validate: resourcevalidation.ValidateResourceClaim,
		},
		{Kind: "Event"}:                                           created[*core.Event]{namespaced: true, validate: event(corev1.SchemeGroupVersion)},
		{Group: "events.k8s.io", Kind: "Event"}:                   created[*core.Event]{namespaced: true, validate: event(eventsv1.SchemeGroupVersion)},
		{Group: "resource.k8s.io", Kind: "ResourceClaimTemplate"}: created[*resource.ResourceClaimTemplate]{namespaced: true, validate: resourcevalidation.ValidateResourceClaimTemplate},
	}
}

// event validates an Event as a group and version wants it.
func event(of schema.GroupVersion) func(*core.Event) field.ErrorList {
	return func(e *core.Event) field.ErrorList { return validation.ValidateEventCreate(e, of) }
}

func finalized(n *core.Namespace) {
	n.Status = core.NamespaceStatus{Phase: core.NamespaceActive}
	for _, f := range n.Spec.Finalizers {
		if f == core.FinalizerKubernetes {
			return
		}
	}
	n.Spec.Finalizers = append(n.Spec.Finalizers, core.FinalizerKubernetes)
}

func unconfigured(n *core.Node) {
	n.Spec.ConfigSource, n.Status.Config = nil, nil //nolint:staticcheck // as the server does, while the field is there
}

func named(a *core.ServiceAccount) {
	for i, secret := range a.Secrets {
		a.Secrets[i] = core.ObjectReference{Name: secret.Name}
	}
}

func unbound(v *core.PersistentVolume) {
	v.Status = core.PersistentVolumeStatus{Phase: core.VolumePending}
	pvutil.DropDisabledSpecFields(&v.Spec, nil)
}

func unclaimed(c *core.PersistentVolumeClaim) {
	c.Status = core.PersistentVolumeClaimStatus{}
	pvcutil.DropDisabledFields(&c.Spec, nil)
	pvcutil.EnforceDataSourceBackwardsCompatibility(&c.Spec, nil)
	pvcutil.NormalizeDataSources(&c.Spec)
}

func pending(p *core.Pod) {
	p.Generation, p.Status = 1, core.PodStatus{Phase: core.PodPending}
	podutil.DropDisabledPodFields(p, nil)
}

// selecting gives a Job the selector and the labels that the API server makes for it.
func selecting(j *batch.Job) {
	j.Status, j.Generation = batch.JobStatus{}, 1
	podutil.DropDisabledTemplateFields(&j.Spec.Template, nil)
	if j.Spec.ManualSelector != nil && *j.Spec.ManualSelector {
		return
	}
	if j.Spec.Template.Labels == nil {
		j.Spec.Template.Labels = map[string]string{}
	}
	for key, value := range map[string]string{
		batch.LegacyJobNameLabel: j.Name, batch.JobNameLabel: j.Name,
		batch.LegacyControllerUidLabel: string(j.UID), batch.ControllerUidLabel: string(j.UID),
	} {
		if _, said := j.Spec.Template.Labels[key]; !said {
			j.Spec.Template.Labels[key] = value
		}
	}
	if j.Spec.Selector == nil {
		j.Spec.Selector = &metav1.LabelSelector{}
	}
	if j.Spec.Selector.MatchLabels == nil {
		j.Spec.Selector.MatchLabels = map[string]string{}
	}
	if _, said := j.Spec.Selector.MatchLabels[batch.ControllerUidLabel]; !said {
		j.Spec.Selector.MatchLabels[batch.ControllerUidLabel] = string(j.UID)
	}
}

func unplaced(s *discovery.EndpointSlice) {
	s.Generation = 1
	for i := range s.Endpoints {
		s.Endpoints[i].DeprecatedTopology = nil
	}
}

func unapproved(r *certificates.CertificateSigningRequest) {
	r.Spec.Username, r.Spec.UID, r.Spec.Groups, r.Spec.Extra = "", "", nil, nil
	r.Status = certificates.CertificateSigningRequestStatus{}
}
