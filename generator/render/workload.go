package render

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"stillsuit.dev/generator/model"
)

// workload is one workload of an app, with what others ask of it.
type workload struct {
	*model.Workload
	party
	app     *model.App
	appName string
}

// newWorkload is a workload of an app, with its pods' ports.
func newWorkload(appName string, app *model.App, name string) *workload {
	w := &workload{Workload: app.Workloads[name], app: app, appName: appName}
	w.party = party{kind: "app", owner: appName, name: name, full: appName, namespace: app.Namespace, at: model.Path{"apps", appName}}
	if w.HostNetwork != "" {
		w.host = w
	}
	if name != "" {
		w.full += "-" + name
		w.at = w.at.Join("workloads", name)
	}
	w.selector = w.Selector
	if len(w.selector) == 0 {
		w.selector = map[string]string{labelName: appName}
		if name != "" {
			w.selector[labelComponent] = name
		}
	}
	w.labels = labels(appName, name)
	maps.Copy(w.labels, w.selector)
	for _, set := range w.sets() {
		for _, c := range sorted(set.containers) {
			for _, p := range sorted(set.containers[c].Ports) {
				w.ports = append(w.ports, port{name: p, number: set.containers[c].Ports[p], protocol: corev1.ProtocolTCP, container: c, at: w.at.Join(set.field, c, "ports", p)})
			}
			for _, p := range sorted(set.containers[c].UDP) {
				w.ports = append(w.ports, port{name: p, number: set.containers[c].UDP[p], protocol: corev1.ProtocolUDP, container: c, at: w.at.Join(set.field, c, "udp", p)})
			}
		}
	}
	slices.SortStableFunc(w.ports, func(a, b port) int { return cmp.Compare(a.name, b.name) })
	return w
}

// set is one of the fields that hold containers.
type set struct {
	field      string
	containers map[string]*model.Container
}

// sets returns the containers that run as long as the pod, by field.
func (w *workload) sets() []set {
	return []set{{"containers", w.Containers}, {"sidecars", w.Sidecars}}
}

// kind is the controller of the workload's pods.
func (w *workload) kind() string {
	switch {
	case w.Kind != "":
		return w.Kind
	case w.Schedule != "":
		return "CronJob"
	}
	return "Deployment"
}

// runs reports whether the workload has pods as soon as it is applied.
func (w *workload) runs() bool {
	return w.kind() != "CronJob" && (w.Replicas == nil || *w.Replicas > 0)
}

func (w *workload) replicas() int32 {
	if w.Replicas == nil {
		return 1
	}
	return *w.Replicas
}
