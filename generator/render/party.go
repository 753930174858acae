package render

import (
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
)

// party is pods that traffic is declared for: those of one workload, or all of a chart.
type party struct {
	kind      string // app or chart, as sentences call it
	owner     string // the name of that app or chart
	name      string // of the workload; "" for one written in place, and for a chart
	full      string // <app>, <app>-<name> or <chart>: the name of its objects
	namespace string
	at        model.Path
	selector  map[string]string // of its pods; nil for every pod of the namespace
	labels    map[string]string // what its pods are known to carry
	ports     []port            // sorted by name
	flows     flows
	host      *workload // set when its pods use their node's network
	reason    string    // why its NetworkPolicy is as wide as it is
}

// port is one that a container or a chart's Service has.
type port struct {
	name      string
	number    int32 // of the pods
	protocol  corev1.Protocol
	container string
	at        model.Path
	service   *service // set when a chart makes the Service
}

// service is what is known of a Service that a chart makes.
type service struct {
	name string
	port int32
	pods map[string]string // nil for all of the chart's
}

// front is the port's number in its Service.
func (p port) front() int32 {
	if p.service != nil {
		return p.service.port
	}
	return p.number
}

// says is how a sentence names whose pods they are: "app immich", "chart loki".
func (p *party) says() string { return p.kind + " " + p.owner }

// selectorAt is that of the pods behind one port.
func (p *party) selectorAt(at port) map[string]string {
	if at.service != nil && at.service.pods != nil {
		return at.service.pods
	}
	return p.selector
}

func partiesOf(workloads []*workload) []*party {
	var out []*party
	for _, w := range workloads {
		out = append(out, &w.party)
	}
	return out
}

// mayBe reports whether the party's pods, or some of them, may be those that
// labels select. A workload's labels are all known, a chart's are not.
func (p *party) mayBe(labels map[string]string) bool {
	for key, value := range labels {
		if own, known := p.labels[key]; own != value && (known || p.kind == "app") {
			return false
		}
	}
	return true
}
