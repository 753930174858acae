package fit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// Options are the choices of a check; nil means defaults.
type Options struct {
	// Orders is how many random orders of arrival are tried. Default: 200.
	Orders int
	// Seed chooses them.
	Seed uint64
	// Placed are the nodes on which pods run already, by the names that the Report
	// gives them. Default: none, and all are placed in the order of Flux.
	Placed map[string]string
	// Without are nodes that are taken away, Extra pods that are added to all others,
	// with the memory that each asks for.
	Without []string
	Extra   map[string]resource.Quantity
	// Suggest looks for the smallest change that makes everything fit.
	Suggest bool
	// Report is given what was found out, also where nothing is wrong.
	Report func(*Report)
}

const defaultOrders = 200

// Checker returns the check.
func Checker(opts *Options) *checks.Checker {
	if opts == nil {
		opts = &Options{}
	}
	return &checks.Checker{
		Name: "fit", Codes: codes(),
		Doc: "every pod finds a node, under the ceilings, and which do not when a node is lost",
		Run: func(pass *checks.Pass) error {
			return guards{(*analysis).refused, (*analysis).bound}.run(pass, opts)
		},
	}
}

// analysis is one check of one subject.
type analysis struct {
	pass    *checks.Pass
	subject *inventory.Subject
	opts    *Options
	demand  *demand.Demand
	all     []*machine
	storage *storage
	report  *Report
	said    map[string]bool           // what was told already
	invalid map[*manifest.Object]bool // what the API server refuses
	blind   bool                      // an amount of a node was refused where it stands

	namespaces map[string]map[string]string
	services   []*corev1.Service
	budgets    []*policyv1.PodDisruptionBudget

	plan  *plan            // with every node
	state *scheduler.State // what runs, and where
	// surges are the new pods that an update of a workload starts.
	surges map[*demand.Workload][]*scheduler.Pod
	often  []int // by pod, in how many random orders it stays pending
	// lie are the nodes of the claims' volumes then, talks whom each app and chart talks to.
	lie   map[string]string
	talks map[string][]string
	// runs are the apps and charts, and the other workloads, that have pods.
	runs map[string]bool
}

// guards leave out workloads before their pods are made: what the API server refuses, and
// what asks for more pods than the nodes can hold. A test takes one away.
type guards struct{ refused, bound func(*analysis) }

func (g guards) run(pass *checks.Pass, opts *Options) error {
	a := &analysis{pass: pass, subject: pass.Subject, opts: opts, said: map[string]bool{}, invalid: map[*manifest.Object]bool{}, surges: map[*demand.Workload][]*scheduler.Pod{}, report: &Report{Cluster: pass.Name}}
	var err error
	if a.demand, err = demand.Of(pass.Subject); err != nil {
		return err
	}
	workloads := len(a.demand.Workloads) + len(a.demand.Uncounted)
	g.refused(a)
	if workloads == 0 {
		return nil
	}
	for _, name := range opts.Without {
		if pass.Nodes[name] == nil {
			has := "no nodes are known"
			if names := pass.Names(); len(names) > 0 {
				has = "it has " + finding.All(names)
			}
			return fmt.Errorf("%s has no node %s; %s", pass.Name, name, has)
		}
	}
	a.suppose()
	a.read()
	a.all = a.machines()
	if len(a.all) == 0 {
		a.unknownNode(inventory.Spot{}, "nothing tells which nodes there are")
	}
	if len(a.said) > 0 || a.blind {
		return nil
	}
	g.bound(a)
	a.storage = a.readStorage()
	if err := a.readable(); err != nil {
		return err
	}
	a.orders(a.nominal())
	if opts.Suggest && (len(a.report.Pending) > 0 || a.report.Orders.Unlucky > 0) {
		if err := a.suggest(); err != nil {
			return err
		}
	}
	a.lie, a.talks, a.runs = a.volumes(), a.uses(), map[string]bool{}
	for _, w := range a.demand.Workloads {
		a.runs[w.Group()] = true
	}
	a.nodes()
	a.disks()
	a.ceilings()
	a.peaks()
	a.drains()
	if err := a.losses(); err != nil {
		return err
	}
	a.weak()
	a.report.worst()
	if opts.Report != nil && !pass.Trial {
		opts.Report(a.report)
	}
	return nil
}

// read collects what kube-scheduler knows, and tells what cannot be counted.
func (a *analysis) read() {
	a.namespaces = map[string]map[string]string{}
	for _, o := range a.subject.Objects {
		if a.invalid[o] {
			continue
		}
		switch v := o.Value.(type) {
		case *corev1.Namespace:
			labels := maps.Clone(v.Labels)
			if labels == nil {
				labels = map[string]string{}
			}
			labels[corev1.LabelMetadataName] = v.Name
			a.namespaces[v.Name] = labels
		case *corev1.Service:
			a.services = append(a.services, v)
		case *policyv1.PodDisruptionBudget:
			a.budgets = append(a.budgets, v)
		}
	}
	for _, u := range a.demand.Unknown {
		switch {
		case !u.Footprint:
			a.pass.Warn(u.Spot, "fit/unknown-demand", u.Fact, u.Contrast, u.Mend)
		case a.subject.Cluster == nil: // a declared chart without a footprint is told of where it is rendered
			a.pass.Note(u.Spot, "fit/unknown-footprint", u.Fact, u.Contrast, u.Mend)
		}
	}
}

// minor is the version of kube-scheduler that is simulated.
func (a *analysis) minor() int {
	if a.subject.Cluster == nil {
		return 0
	}
	_, minor, _ := strings.Cut(a.subject.Cluster.Kubernetes.Version, ".")
	minor, _, _ = strings.Cut(minor, ".")
	n, err := strconv.Atoi(minor)
	if err != nil {
		return 0
	}
	return n
}

// tell reports a finding once.
func (a *analysis) tell(report func(inventory.Spot, string, string, string, string), at inventory.Spot, code, fact, contrast, mend string) {
	if key := code + fact; !a.said[key] {
		a.said[key] = true
		report(at, code, fact, contrast, mend)
	}
}

func (a *analysis) unknownNode(at inventory.Spot, fact string) {
	mend := "declare it in cluster.nodes"
	if a.subject.Cluster == nil {
		mend = "pass --nodes with the output of `kubectl get nodes -o yaml`"
	}
	a.tell(a.pass.Warn, at, "fit/unknown-node", fact, "without it nothing was checked of what fits", mend)
}

// nominal places the pods as Flux makes them, and returns those that stay pending.
// Jobs have run to their end afterwards, and those of CronJobs wait for their time.
func (a *analysis) nominal() []int {
	a.state = a.plan.sched.State()
	order := a.plan.that(func(one *pod) bool { return one.Runs != demand.Timed && a.opts.Placed[one.name] == "" })
	for i := range a.plan.pods {
		if node := a.opts.Placed[a.plan.pods[i].name]; node != "" {
			a.state.Put(a.plan.pods[i].ready, node)
		}
	}
	waiting := a.plan.place(a.state, order, nil)
	for _, i := range a.plan.that(func(one *pod) bool { return one.Runs == demand.Once }) {
		a.state.Remove(a.plan.pods[i].ready)
	}
	if len(waiting) == 0 {
		return nil
	}
	return a.plan.place(a.state, waiting, nil)
}

// memorySpot is where a pod's memory request stands: that of the container that asks
// for most.
func memorySpot(w *demand.Workload) inventory.Spot {
	if w.Pod == nil {
		at := w.Spot
		at.Labels = append(slices.Clone(at.Labels), "requests", "memory")
		return at
	}
	var most inventory.Container
	var asked int64 = -1
	for _, c := range w.Pod.Containers() {
		if q := c.Resources.Requests[corev1.ResourceMemory]; !c.Passing && quantities.Of(&q) > asked {
			most, asked = c, quantities.Of(&q)
		}
	}
	at := most.Spot
	at.Keys = append(slices.Clone(at.Keys), "resources", "requests", "memory")
	at.Labels = append(slices.Clone(at.Labels), "requests", "memory")
	return at
}
