package exposure_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/exposure"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// line finds the lines of a tree; all of it stands on one.
type line struct{}

func (line) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "services.yaml", Line: 1}, ""
}

// service asks MetalLB for an address, for the pods of an app.
func service(app string) *manifest.Object {
	s := &corev1.Service{Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeLoadBalancer, Selector: map[string]string{"app": app}, Ports: []corev1.ServicePort{{Port: 80}},
	}}
	s.Annotations = map[string]string{"metallb.io/loadBalancerIPs": "192.168.1.241"}
	return &manifest.Object{ID: manifest.ID{Kind: "Service", Namespace: "home", Name: app}, APIVersion: "v1", Value: s}
}

// Two Services that cannot share an address.
func Example() {
	subject := &inventory.Subject{Objects: []*manifest.Object{service("one"), service("two")}, Places: line{}}
	findings, err := checks.Run(subject, []*checks.Checker{exposure.Checker()}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	// Output: services.yaml:1 error exposure/address
}
