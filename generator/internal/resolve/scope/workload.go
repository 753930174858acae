package scope

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/model"
)

// Workload is one workload of an app, with what others ask of it.
type Workload struct {
	Declared *model.Workload
	Party
	App     *model.App
	AppName string
	// Controls are the labels by which the controller selects its pods, and which cannot
	// change. Selector, by which all others know them, may be narrower.
	Controls map[string]string
}

// newWorkload is a workload of an app, with its pods' ports.
func (r *Scope) newWorkload(appName string, app *model.App, name string) *Workload {
	w := &Workload{Declared: app.Workloads[name], App: app, AppName: appName}
	w.Party = Party{Kind: "app", Owner: appName, Name: name, Full: appName, Namespace: app.Namespace, At: model.Path{"apps", appName}}
	w.Runner = w
	if w.Declared.HostNetwork != "" {
		w.Host = w
	}
	if name != "" {
		w.Full += "-" + name
		w.At = w.At.Join("workloads", name)
	}
	w.Controls = w.Declared.Selector
	if len(w.Controls) == 0 {
		w.Controls = map[string]string{labels.Name: appName}
		if name != "" {
			w.Controls[labels.Component] = name
		}
	}
	w.Labels = labels.Of(appName, name)
	maps.Copy(w.Labels, w.Controls)
	w.Selector = w.Controls
	if r.Shared(app.Namespace) { // what else runs there may have the same name
		w.Selector = labels.With(w.Controls, map[string]string{labels.ManagedBy: w.Labels[labels.ManagedBy]})
	}
	w.Headless = w.Kind() == "StatefulSet" // it names its pods below its Service
	for _, set := range w.Sets() {
		for _, c := range slices.Sorted(maps.Keys(set.Containers)) {
			for _, p := range slices.Sorted(maps.Keys(set.Containers[c].Ports)) {
				w.Ports = append(w.Ports, Port{Name: p, Number: set.Containers[c].Ports[p], Protocol: corev1.ProtocolTCP, Container: c, At: w.At.Join(set.Field, c, "ports", p)})
			}
			for _, p := range slices.Sorted(maps.Keys(set.Containers[c].UDP)) {
				w.Ports = append(w.Ports, Port{Name: p, Number: set.Containers[c].UDP[p], Protocol: corev1.ProtocolUDP, Container: c, At: w.At.Join(set.Field, c, "udp", p)})
			}
		}
	}
	slices.SortStableFunc(w.Ports, func(a, b Port) int { return cmp.Compare(a.Name, b.Name) })
	return w
}

// Set is one of the fields that hold containers.
type Set struct {
	Field      string
	Containers map[string]*model.Container
}

// Sets returns the containers that run as long as the pod, by field.
func (w *Workload) Sets() []Set {
	return []Set{{"containers", w.Declared.Containers}, {"sidecars", w.Declared.Sidecars}}
}

// Kind is the controller of the workload's pods.
func (w *Workload) Kind() string {
	switch {
	case w.Declared.Kind != "":
		return w.Declared.Kind
	case w.Declared.Schedule != "":
		return "CronJob"
	}
	return "Deployment"
}

// Runs reports whether the workload has pods as soon as it is applied.
func (w *Workload) Runs() bool {
	return w.Kind() != "CronJob" && (w.Declared.Replicas == nil || *w.Declared.Replicas > 0)
}

// Replicas is how many pods the workload has; one when that is not declared.
func (w *Workload) Replicas() int32 {
	if w.Declared.Replicas == nil {
		return 1
	}
	return *w.Declared.Replicas
}

// AccountName is the ServiceAccount of the workload's pods.
func (w *Workload) AccountName() string { return w.App.AccountOf(w.AppName, w.Name) }

// PerPod reports whether a StatefulSet makes the workload's claims itself, one a pod.
func (w *Workload) PerPod() bool { return w.Kind() == "StatefulSet" && w.Replicas() > 1 }

// HasGrants reports whether the workload's account is granted anything, here or in rbac.
func (w *Workload) HasGrants(in *model.Desired) bool {
	if len(w.Declared.Grants) > 0 {
		return true
	}
	for _, entry := range in.RBAC {
		if len(entry.Grants) > 0 && entry.Account == w.App.Namespace+"/"+w.AccountName() {
			return true
		}
	}
	return false
}
