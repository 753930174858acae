package workload

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Places decides where pods may run.
type Places struct{ *scope.Scope }

// Placement is where the pods of a workload may run.
type Placement struct {
	Selector  map[string]string // of nodes
	Arches    []string          // that all images are built for; nil when those of all nodes are
	Nodes     []string          // that have the device; nil when any node will do
	Beside    *scope.Party      // whose node they share; nil for nobody
	Tolerated []string          // keys of taints
}

// place resolves where the workload's pods may run: what is declared, and what
// their locked images are built for.
func (r Places) place(w *scope.Workload, images []imageArches) Placement {
	at := w.At.Join("place")
	place := w.Declared.Place
	if place == nil {
		place = &model.Place{}
	}
	out := Placement{Selector: r.NodeSelector(at, place), Tolerated: r.Desired.Cluster.Tolerated(place)}
	if arches := r.imageArches(w, images); place.Arch == "" && place.Node == "" {
		out.Arches = arches
	}
	if place.Device != "" {
		out.Nodes = r.nodesWith(at, place.Device)
	}
	if place.Beside != "" {
		out.Beside = r.beside(w, at.Join("beside"), place.Beside)
	}
	return out
}

// NodeSelector is that of a place, whose nodes and labels must exist.
func (r Places) NodeSelector(at model.Path, place *model.Place) map[string]string {
	out := place.Selector()
	if place.Arch != "" {
		if arches := r.arches(); len(arches) > 0 && !slices.Contains(arches, place.Arch) {
			r.Error(at.Join("arch"), "place/no-node", "the pods ask for architecture "+place.Arch, fmt.Sprintf("the nodes are %s", finding.AllSorted(arches)), "choose one of them")
		}
	}
	r.tolerations(at.Join("tolerate"), place.Tolerate)
	if place.Node == "" {
		return out
	}
	node, nodes := r.Desired.Cluster.Nodes[place.Node], slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes))
	switch {
	case node == nil:
		r.Error(at.Join("node"), "place/unknown-node", fmt.Sprintf("the pods are placed on node %s", place.Node),
			finding.Has("this cluster", "node", nodes), finding.DidYouMean(place.Node, nodes, "name one of them")).Like(place.Node, nodes)
	case node.Offline != "":
		r.Error(at.Join("node"), "place/offline-node", fmt.Sprintf("the pods are placed on node %s", place.Node),
			fmt.Sprintf("that node is offline: %s", node.Offline), "place them elsewhere, or switch the app off")
	}
	return out
}

// tolerations reports taints that no node has. Those with a name of Kubernetes' own come and
// go: of a node that is not ready, or of a control plane that something else taints.
func (r Places) tolerations(at model.Path, keys []string) {
	var known []string
	for _, n := range r.Desired.Cluster.Nodes {
		known = slices.AppendSeq(known, maps.Keys(n.Taints))
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for i, key := range keys {
		domain, _, _ := strings.Cut(key, "/")
		if slices.Contains(known, key) || len(r.Desired.Cluster.Nodes) == 0 || strings.HasPrefix(domain, "node.") || strings.HasSuffix(domain, "kubernetes.io") {
			continue
		}
		r.Warn(at.Join(fmt.Sprint(i)), "place/toleration", fmt.Sprintf("the pods tolerate taint %s, which no node of this cluster has", key),
			finding.Has("this cluster", "taint", known), finding.DidYouMean(key, known, fmt.Sprintf("remove it, or declare the taint: nodes: NODE: taints: %q: \"NoSchedule\"", key))).Like(key, known)
	}
}

// arches are those of the nodes that are there, sorted.
func (r Places) arches() []string {
	var out []string
	for _, n := range r.Desired.Cluster.Nodes {
		if n.Offline == "" && n.Arch != "" {
			out = append(out, n.Arch)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// imageArches are the architectures that all images of a pod are built for, as far as that
// is known, when they are fewer than the cluster has; else nil.
func (r Places) imageArches(w *scope.Workload, images []imageArches) []string {
	cluster := r.arches()
	common := slices.Clone(cluster)
	for _, image := range slices.Concat(known(images, true), known(images, false)) {
		left := slices.DeleteFunc(slices.Clone(common), func(a string) bool { return !slices.Contains(image.arches, a) })
		if len(left) == 0 && image.presumed {
			continue
		}
		if len(left) == 0 && len(common) > 0 {
			contrast := fmt.Sprintf("the nodes are %s", finding.AllSorted(cluster))
			if len(common) < len(cluster) {
				contrast = fmt.Sprintf("the other images of %s run on %s", w.Full, finding.AllSorted(common))
			}
			r.Error(image.at, "images/no-node", fmt.Sprintf("%s is built for %s", image.image, finding.AllSorted(image.arches)), contrast, "pick a tag that is built for one of them")
			return nil
		}
		common = left
	}
	if len(common) == len(cluster) {
		return nil
	}
	return common
}

// known are the images whose architectures are known, or those where they are presumed.
func known(images []imageArches, are bool) []imageArches {
	return slices.DeleteFunc(slices.Clone(images), func(i imageArches) bool { return i.presumed == are })
}

// nodesWith are the nodes that have a device file.
func (r Places) nodesWith(at model.Path, device string) []string {
	var nodes, devices []string
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		for d := range r.Desired.Cluster.Nodes[name].Devices {
			devices = append(devices, d)
		}
		if has(r.Desired.Cluster.Nodes[name], device) {
			nodes = append(nodes, name)
		}
	}
	if nodes == nil {
		r.Error(at.Join("device"), "place/unknown-device", fmt.Sprintf("the pods need a node with %s", device),
			finding.Has("this cluster", "device", devices), finding.DidYouMean(device, devices, "declare it in devices of the node that has it")).Like(device, devices)
	}
	return nodes
}

// beside is the workload or chart whose node the pods share.
func (r Places) beside(w *scope.Workload, at model.Path, name string) *scope.Party {
	others := r.Lookup(&w.Party, name)
	if len(others) == 0 {
		r.UnknownApp(at, &w.Party, name, "the pods run beside "+name)
		return nil
	}
	if len(others) > 1 {
		var names []string
		for _, o := range others {
			names = append(names, name+"/"+o.Name)
		}
		r.Error(at, "place/ambiguous", fmt.Sprintf("the pods run beside %s", name), fmt.Sprintf("it has the workloads %s", finding.AllSorted(names)), "name one of them")
		return nil
	}
	return others[0]
}

// LandsOn lists the nodes on which a workload's pods may run, by what is declared.
func (r Places) LandsOn(w *scope.Workload) []string {
	var out []string
	place := w.Declared.Place
	if place == nil {
		place = &model.Place{}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		n := r.Desired.Cluster.Nodes[name]
		if place.Node != "" && place.Node != name || place.Arch != "" && place.Arch != n.Arch {
			continue
		}
		if place.Device != "" && !has(n, place.Device) {
			continue
		}
		out = append(out, name)
	}
	return out
}
