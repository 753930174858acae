package runtime

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/generator/kernel"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks what a node gives to containers.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "runtime", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}

func run(pass *checks.Pass) error {
	pods, err := pass.PodTemplates()
	if err != nil {
		return err
	}
	brought, classes := broughtBy(pass.Subject, pods), classesIn(pass.Subject)
	for _, p := range pods {
		c := check{pass, p}
		c.types()
		c.sysctls()
		c.profiles(brought)
		c.class(classes)
		for _, container := range p.Containers() {
			c.devices(container)
			c.capabilities(container)
		}
	}
	return nil
}

// check looks at the pods of one object.
type check struct {
	*checks.Pass
	pod *inventory.PodTemplate
}

// workload is what the pods were declared as; nil when no app declares them.
func (c check) workload() *model.Workload {
	origin := c.pod.Object.Origin
	if c.pod.Object.Raw || len(origin) < 2 || origin[0] != "apps" || c.Apps[origin[1]] == nil {
		return nil
	}
	name := ""
	if len(origin) == 4 && origin[2] == "workloads" {
		name = origin[3]
	}
	return c.Apps[origin[1]].Workloads[name]
}

// declaration is how a container was declared; nil when no app declares it.
func (c check) declaration(container inventory.Container) *model.Container {
	w := c.workload()
	if w == nil || len(container.Spot.Path) != 2 {
		return nil
	}
	return map[string]map[string]*model.Container{"containers": w.Containers, "sidecars": w.Sidecars, "init": w.Init}[container.Spot.Path[0]][container.Name]
}

// hostPath is the volume of the pod of that name, when it is a path of the node, and its
// place in the list.
func (c check) hostPath(name string) (*corev1.HostPathVolumeSource, int) {
	i := slices.IndexFunc(c.pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == name })
	if i < 0 {
		return nil, 0
	}
	return c.pod.Spec.Volumes[i].HostPath, i
}

// volumeSpot is where the path of a volume stands: in the CUE that declares it as a volume
// or as a device, else in the object.
func (c check) volumeSpot(i int, key string) inventory.Spot {
	at := c.pod.Spot()
	at.Keys = append(slices.Clone(at.Keys), "volumes", strconv.Itoa(i), "hostPath", key)
	w := c.workload()
	if w == nil {
		return at
	}
	volume := c.pod.Spec.Volumes[i]
	if w.Volumes[volume.Name] != nil {
		at.Path = []string{"volumes", volume.Name, "hostPath", key}
		return at
	}
	for _, container := range c.pod.Containers() {
		if declared := c.declaration(container); declared != nil {
			if written, ok := writtenAs(declared, volume.HostPath.Path); ok {
				at.Path = append(slices.Clone(container.Spot.Path), "devices", written)
				return at
			}
		}
	}
	return at
}

// writtenAs is how a container's devices name a file; false when they do not.
func writtenAs(declared *model.Container, file string) (string, bool) {
	for _, written := range slices.Sorted(maps.Keys(declared.Devices)) {
		if kernel.Clean(written) == kernel.Clean(file) {
			return written, true
		}
	}
	return "", false
}
