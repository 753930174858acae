package crd

import (
	"encoding/json"
	"fmt"

	volsyncv1alpha1 "github.com/backube/volsync/api/v1alpha1"
	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	notificationv1beta3 "github.com/fluxcd/notification-controller/api/v1beta3"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	metallbv1beta1 "go.universe.tf/metallb/api/v1beta1"
	kjson "sigs.k8s.io/json"
)

// typeOf returns a new object of its authors' type, or nil when none is known.
func typeOf(apiVersion, kind string) any {
	switch apiVersion + " " + kind {
	case "cert-manager.io/v1 Certificate":
		return &certmanagerv1.Certificate{}
	case "cert-manager.io/v1 ClusterIssuer":
		return &certmanagerv1.ClusterIssuer{}
	case "policies.kyverno.io/v1 PolicyException":
		return &policiesv1.PolicyException{}
	case "policies.kyverno.io/v1 ValidatingPolicy":
		return &policiesv1.ValidatingPolicy{}
	case "metallb.io/v1beta1 IPAddressPool":
		return &metallbv1beta1.IPAddressPool{}
	case "metallb.io/v1beta1 L2Advertisement":
		return &metallbv1beta1.L2Advertisement{}
	case "velero.io/v1 BackupStorageLocation":
		return &velerov1.BackupStorageLocation{}
	case "velero.io/v1 Schedule":
		return &velerov1.Schedule{}
	case "volsync.backube/v1alpha1 ReplicationSource":
		return &volsyncv1alpha1.ReplicationSource{}
	case "monitoring.coreos.com/v1 PodMonitor":
		return &monitoringv1.PodMonitor{}
	case "monitoring.coreos.com/v1 PrometheusRule":
		return &monitoringv1.PrometheusRule{}
	case "monitoring.coreos.com/v1 ServiceMonitor":
		return &monitoringv1.ServiceMonitor{}
	case "monitoring.coreos.com/v1alpha1 ScrapeConfig":
		return &monitoringv1alpha1.ScrapeConfig{}
	case "helm.toolkit.fluxcd.io/v2 HelmRelease":
		return &helmv2.HelmRelease{}
	case "kustomize.toolkit.fluxcd.io/v1 Kustomization":
		return &kustomizev1.Kustomization{}
	case "notification.toolkit.fluxcd.io/v1beta3 Alert":
		return &notificationv1beta3.Alert{}
	case "notification.toolkit.fluxcd.io/v1beta3 Provider":
		return &notificationv1beta3.Provider{}
	case "source.toolkit.fluxcd.io/v1 GitRepository":
		return &sourcev1.GitRepository{}
	case "source.toolkit.fluxcd.io/v1 HelmRepository":
		return &sourcev1.HelmRepository{}
	case "source.toolkit.fluxcd.io/v1 OCIRepository":
		return &sourcev1.OCIRepository{}
	}
	return nil
}

// strictly decodes an object into its authors' type, which must have all of its fields.
func strictly(o map[string]any, into any) error {
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	unknown, err := kjson.UnmarshalStrict(b, into)
	if err == nil && len(unknown) > 0 {
		err = fmt.Errorf("%v", unknown)
	}
	return err
}
