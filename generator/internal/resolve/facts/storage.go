package facts

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

const (
	// LocalPath is the local path provisioner, and localClass the class that K3s
	// makes for it.
	LocalPath, localClass = model.LocalPath, "local-path"
	// localDir is where K3s's keeps its volumes (docs.k3s.io/cli/server, --default-local-storage-path).
	localDir = "/var/lib/rancher/k3s/storage"
)

// StorageClass is a class of volumes with a provisioner here, with all its parameters and
// the nodes that its volumes can lie on.
type StorageClass struct {
	Declared model.StorageClass
	Unit     scope.Unit
	At       model.Path
	Name     string
}

// classes decides about the storage classes.
type classes struct{ *scope.Scope }

// storageClasses are those that are made here, and the units that they are in, by class.
func (r Facts) storageClasses() ([]*StorageClass, map[string]string) {
	c := classes{r.Scope}
	c.checkDefaults()
	c.checkDisks()
	var out []*StorageClass
	units := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Storage)) {
		if x := c.of(name, r.Desired.Cluster.Storage[name]); x != nil {
			out = append(out, x)
			units[name] = x.Unit.Name
		}
	}
	return out, units
}

// of is one class, nil for one that is made elsewhere, or is reported.
func (r classes) of(name string, class model.StorageClass) *StorageClass {
	at := PathStorage.Join(name)
	if class.Provisioner == "" {
		for _, f := range []struct {
			field string
			some  bool
		}{{"parameters", len(class.Parameters) > 0}, {"options", len(class.Options) > 0}} {
			if f.some {
				r.Error(at.Join(f.field), "app/missing-field", fmt.Sprintf("storage class %s has %s and no provisioner", name, f.field), f.field+" are told to it", `add provisioner: "…"`)
			}
		}
		return nil
	}
	known, some := model.ProvisionerOf(class.Provisioner)
	if some && class.Snapshots != "" && !known.Snapshots {
		r.Error(at.Join("snapshots"), "storage/snapshots", fmt.Sprintf("storage class %s has the VolumeSnapshotClass %s, and %s takes no snapshots", name, class.Snapshots, class.Provisioner), "", "remove snapshots")
		return nil
	}
	if class.Provisioner == LocalPath && !class.WaitsForConsumer() {
		r.Error(at.Join("waits"), "storage/waits", fmt.Sprintf("claims of storage class %s bind before a pod is placed", name), LocalPath+" makes a volume on the node of that pod, and without one it makes none", "remove waits: false")
		return nil
	}
	unit, ok := r.unitOf(at, name, class)
	if !ok {
		return nil
	}
	parameters, ok := r.parameters(at, name, class)
	if !ok {
		return nil
	}
	class.Parameters, class.Nodes = parameters, r.Desired.Cluster.NodesOf(name)
	return &StorageClass{Declared: class, Unit: unit, At: at, Name: name}
}

// unitOf is the unit that a class goes into, none for one that is not rendered.
func (r classes) unitOf(at model.Path, name string, class model.StorageClass) (scope.Unit, bool) {
	switch {
	case r.comesWith(at, name, class):
		return scope.Unit{}, false
	case !r.bundledLocal(class):
		if c := r.ProviderOf(class.Provisioner, at.Join("provisioner"), fmt.Sprintf("storage class %s is declared", name)); c != nil {
			return c.Config(), true
		}
		return scope.Unit{}, false
	case name != localClass:
		return scope.ClassesUnit(), true
	}
	if len(class.Parameters) > 0 {
		r.Error(at.Join("parameters"), "cluster/duplicate", fmt.Sprintf("storage class %s has parameters", name), "K3s makes that class itself, and writes it anew at every start",
			"call it something else, or take a chart that provides "+LocalPath)
	}
	return scope.Unit{}, false
}

// comesWith reports a class that its own provisioner makes, and writes anew when somebody
// else changes it.
func (r classes) comesWith(at model.Path, name string, class model.StorageClass) bool {
	known, _ := model.ProvisionerOf(class.Provisioner)
	if known.Class == "" || known.Class != name {
		return false
	}
	r.Error(at, "cluster/duplicate", fmt.Sprintf("storage class %s has the provisioner %s, which makes a class of that name itself", name, class.Provisioner), "", fmt.Sprintf("remove provisioner, or call the class something else: %q", name+"-kept"))
	return true
}

// bundledLocal reports whether K3s's own provisioner makes the volumes of a class.
func (r classes) bundledLocal(class model.StorageClass) bool {
	return class.Provisioner == LocalPath && r.Desired.Cluster.Kubernetes.Brings("local-storage")
}

// parameters are those that are declared, over those that the provisioner is known to
// want; for the local path provisioner with the directory on the class's disks. It returns
// false when that is not one, or when one is missing.
func (r classes) parameters(at model.Path, name string, class model.StorageClass) (map[string]string, bool) {
	if class.Provisioner != LocalPath {
		return r.known(at, name, class)
	}
	if class.Parameters["nodePath"] != "" {
		return class.Parameters, true
	}
	var paths []string
	for _, n := range r.Desired.Cluster.NodesOf(name) {
		for _, d := range slices.Sorted(maps.Keys(r.disksOf(n))) {
			disk := r.disksOf(n)[d]
			if disk.Class != name {
				continue
			}
			if disk.Path == "" {
				r.Error(model.Path{"cluster", "nodes", n, "disks", d}, "app/missing-field", fmt.Sprintf("disk %s of node %s has no path", d, n), fmt.Sprintf("volumes of storage class %s are directories below it", name), `add path: "/mnt/…"`)
				return nil, false
			}
			paths = append(paths, path.Join(disk.Path, "storage"))
		}
	}
	slices.Sort(paths)
	switch paths = slices.Compact(paths); {
	case len(paths) == 0:
		return class.Parameters, true
	case len(paths) > 1:
		r.Error(at, "storage/path", fmt.Sprintf("volumes of storage class %s lie below %s", name, finding.AllSorted(paths)), "a class of "+LocalPath+" has one directory, the same on each node",
			fmt.Sprintf("write parameters: nodePath: %q for one that each node has, or make a class for each", paths[0]))
		return nil, false
	case r.bundledLocal(class) && paths[0] != localDir:
		r.Error(at, "storage/path", fmt.Sprintf("volumes of storage class %s lie below %s", name, paths[0]), "K3s's own provisioner knows one directory of a node, "+localDir,
			"take a chart that provides "+LocalPath+", and switch K3s's off")
		return nil, false
	}
	return labels.With(map[string]string{"nodePath": paths[0]}, class.Parameters), true
}

// known are the declared parameters over those that the provisioner is known to want.
func (r classes) known(at model.Path, name string, class model.StorageClass) (map[string]string, bool) {
	p, _ := model.ProvisionerOf(class.Provisioner)
	for _, need := range p.Needs {
		if class.Parameters[need] == "" {
			r.Error(at, "storage/parameter", fmt.Sprintf("storage class %s of %s lacks the parameter %s", name, class.Provisioner, need), "", fmt.Sprintf("add parameters: %s: %q", need, "…"))
			return nil, false
		}
	}
	below := maps.Clone(p.Parameters)
	if copies := below["numberOfReplicas"]; copies != "" {
		on := 0
		for _, n := range r.Desired.Cluster.Nodes {
			if n.Offline == "" {
				on++
			}
		}
		if on > 0 && on < 3 { // one copy on each node is the most that Longhorn makes
			below["numberOfReplicas"] = strconv.Itoa(on)
		}
	}
	if of := class.Parameters["clusterID"]; of != "" { // Rook keeps the Secrets there
		for key := range below {
			if strings.HasSuffix(key, "-secret-namespace") {
				below[key] = of
			}
		}
	}
	return labels.With(below, class.Parameters), true
}

// checkDefaults reports a second class for claims that name none.
func (r classes) checkDefaults() {
	first, bundled := "", r.Desired.Cluster.Kubernetes.Brings("local-storage")
	defer func() { r.longhorn(first != "" || bundled) }()
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Storage)) {
		at := PathStorage.Join(name, "default")
		switch {
		case !r.Desired.Cluster.Storage[name].Default:
		case bundled && name != localClass:
			r.Error(at, "storage/default", fmt.Sprintf("storage class %s is the default", name), "K3s marks its own local-path so too, and writes it anew at every start",
				`start K3s with --disable=local-storage and write cluster: kubernetes: bundled: "local-storage": false, or name the class in each volume`)
		case first != "":
			r.Error(at, "storage/default", fmt.Sprintf("storage class %s is the default", name), fmt.Sprintf("%s is too, and a claim that names none gets the one that was made last", first), "keep one")
		default:
			first = name
		}
	}
}

// longhorn reports Longhorn's chart beside another default: its own class is one unless it
// is told otherwise (longhorn/longhorn, chart/values.yaml, persistence.defaultClass).
func (r classes) longhorn(other bool) {
	c := r.Providers[model.Longhorn]
	if c == nil || !other || !c.Rendered() {
		return
	}
	persistence, _ := c.Declared.Values["persistence"].(map[string]any)
	if on, said := persistence["defaultClass"].(bool); !said || on {
		r.Error(c.At, "storage/default", fmt.Sprintf("chart %s makes its storage class longhorn the default, and another class is the default too", c.Owner), "", "write values: persistence: defaultClass: false in the chart")
	}
}

// checkDisks reports a node with two disks of one class: nothing says on which of
// them a volume lies.
func (r classes) checkDisks() {
	for _, n := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		disks, of := r.Desired.Cluster.Nodes[n].Disks, map[string]string{}
		for _, d := range slices.Sorted(maps.Keys(disks)) {
			class := disks[d].Class
			if other, twice := of[class]; twice && class != "" {
				r.Error(model.Path{"cluster", "nodes", n, "disks", d, "class"}, "storage/disks", fmt.Sprintf("disk %s of node %s is of storage class %s", d, n, class),
					fmt.Sprintf("disk %s is too, so it is unclear which of them holds a volume", other), "give one of them another class")
			}
			of[class] = d
		}
	}
}

// disksOf are the disks of a node; none for one that is not declared, which is reported.
func (r classes) disksOf(node string) map[string]model.Disk {
	if n := r.Desired.Cluster.Nodes[node]; n != nil {
		return n.Disks
	}
	return nil
}
