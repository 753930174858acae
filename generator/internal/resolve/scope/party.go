package scope

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/model"
)

// Party is pods that traffic is declared for: those of one workload, or all of a chart.
type Party struct {
	Kind      string // app or chart, as sentences call it
	Owner     string // the name of that app or chart
	Name      string // of the workload; "" for one written in place, and for a chart
	Full      string // <app>, <app>-<name> or <chart>: the name of its objects
	Namespace string
	At        model.Path
	Selector  map[string]string // of its pods; nil for every pod of the namespace
	Labels    map[string]string // what its pods are known to carry
	Ports     []Port            // sorted by name
	Flows     flows
	Runner    *Workload // nil for a chart
	Host      *Workload // set when its pods use their node's network
	Headless  bool      // its Service has no address of its own
	Reason    string    // why its NetworkPolicy is as wide as it is
}

// Port is one that a container or a chart's Service has.
type Port struct {
	Name      string
	Number    int32 // of the pods
	Protocol  corev1.Protocol
	Container string
	At        model.Path
	Service   *service // set when a chart makes the Service
	Listens   int32    // its number at a load balancer, where it is another there
}

// service is what is known of a Service that a chart makes.
type service struct {
	Name string
	Port int32
	pods map[string]string // nil for all of the chart's
}

// Front is the port's number in its Service.
func (p Port) Front() int32 {
	switch {
	case p.Listens != 0:
		return p.Listens
	case p.Service != nil:
		return p.Service.Port
	}
	return p.Number
}

// Says is how a sentence names whose pods they are: "app immich", "chart loki".
func (p *Party) Says() string { return p.Kind + " " + p.Owner }

// SelectorAt is that of the pods behind one port.
func (p *Party) SelectorAt(at Port) map[string]string {
	if at.Service != nil && at.Service.pods != nil {
		return at.Service.pods
	}
	return p.Selector
}

// PartiesOf are the parties of workloads, in their order.
func PartiesOf(workloads []*Workload) []*Party {
	var out []*Party
	for _, w := range workloads {
		out = append(out, &w.Party)
	}
	return out
}

// MayBe reports whether the party's pods, or some of them, may be those that
// labels select. A workload's labels are all known, a chart's are not.
func (p *Party) MayBe(labels map[string]string) bool {
	for key, value := range labels {
		if own, known := p.Labels[key]; own != value && (known || p.Kind == "app") {
			return false
		}
	}
	return true
}

// Meta is the metadata of an object of an app or chart.
func (p *Party) Meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: p.Namespace, Labels: labels.Of(p.Owner, p.Name)}
}
