package exposure

import "stillsuit.dev/finding"

const (
	codeAddress  finding.Code = "exposure/address"
	codeHeadless finding.Code = "exposure/headless"
)

// codes documents the findings of this check.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: codeAddress, Title: "Services that cannot share their address",
			Text:    "MetalLB gives an address to one Service. Others get it too when all have the same value of the annotation metallb.io/allow-shared-ip, no port in common, and either externalTrafficPolicy Cluster or Local with the same pods, since a node without the pods of one of them would drop its requests. A Service that does not fit stays pending. Declared exposures get the annotation by themselves (expose/shared-address).",
			Example: "metadata: annotations: {metallb.io/loadBalancerIPs: 192.168.1.241}    # beside another Service: metallb.io/allow-shared-ip: \"192.168.1.241\"",
		},
		{
			Code: codeHeadless, Title: "a headless Service behind something that needs its address",
			Text:    "A headless Service (clusterIP: None) has no address of its own, only those of its pods. The Tailscale operator leaves out each path of an Ingress that leads to one, and Traefik refuses one with the annotation service.nativelb. Apps of kind StatefulSet get a second Service with an address where they are exposed; here the Service is written by hand, or in a tree that stillsuit did not make.",
			Example: "kind: Ingress    # ingressClassName: tailscale, backend db\nkind: Service    # db: leave out clusterIP: None, or lead to a second Service",
		},
	}
}
