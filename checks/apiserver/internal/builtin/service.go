package builtin

import (
	"strconv"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"
	serviceapi "k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	netutils "k8s.io/utils/net"
)

// allocated gives a Service what the API server allocates before it validates
// (k8s.io/kubernetes, pkg/registry/core/service/storage, beginCreate). Which addresses and
// ports are free is the cluster's; so is whether it has two families of addresses.
func allocated(s *core.Service) {
	s.Status = core.ServiceStatus{}
	if s.Spec.ClusterIP != "" && len(s.Spec.ClusterIPs) == 0 {
		s.Spec.ClusterIPs = []string{s.Spec.ClusterIP}
	}
	if serviceapi.NeedsHealthCheck(s) && s.Spec.HealthCheckNodePort == 0 {
		s.Spec.HealthCheckNodePort = firstNodePort
	}
	if s.Spec.Type == core.ServiceTypeExternalName {
		return
	}
	if s.Spec.IPFamilyPolicy == nil {
		policy := core.IPFamilyPolicySingleStack
		if s.Spec.ClusterIP == core.ClusterIPNone && len(s.Spec.Selector) == 0 {
			policy = core.IPFamilyPolicyRequireDualStack
		}
		s.Spec.IPFamilyPolicy = &policy
	}
	for i, ip := range s.Spec.ClusterIPs {
		if i < len(s.Spec.IPFamilies) || ip == core.ClusterIPNone {
			continue
		}
		family := core.IPv4Protocol
		if netutils.IsIPv6String(ip) {
			family = core.IPv6Protocol
		}
		s.Spec.IPFamilies = append(s.Spec.IPFamilies, family)
	}
	if len(s.Spec.IPFamilies) == 0 {
		s.Spec.IPFamilies = []core.IPFamily{core.IPv4Protocol}
	}
}

// firstNodePort and lastNodePort are the API server's range for node ports where nobody
// gives it another one (k8s.io/kubernetes, pkg/controlplane/reconcilers and
// pkg/kubeapiserver/options, DefaultServiceNodePortRange: base 30000, size 2768).
const (
	firstNodePort = 30000
	lastNodePort  = 32767
)

// serving validates a Service as it is after the allocation.
func serving(s *core.Service) field.ErrorList {
	errs := validation.ValidateServiceCreate(s)
	if p := s.Spec.IPFamilyPolicy; p != nil && *p == core.IPFamilyPolicySingleStack && (len(s.Spec.ClusterIPs) == 2 || len(s.Spec.IPFamilies) == 2) {
		errs = append(errs, field.Invalid(field.NewPath("spec", "ipFamilyPolicy"), *p, "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified"))
	}
	// pkg/registry/core/service/portallocator: a port is taken once for each protocol.
	taken := sets.New[string]()
	for i, port := range s.Spec.Ports {
		if port.NodePort == 0 {
			continue
		}
		id := string(port.Protocol) + "/" + strconv.Itoa(int(port.NodePort))
		if taken.Has(id) {
			errs = append(errs, field.Duplicate(field.NewPath("spec", "ports").Index(i).Child("nodePort"), port.NodePort))
		}
		taken.Insert(id)
	}
	return errs
}
