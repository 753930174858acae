package images

import (
	_ "embed"
	"fmt"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/eligible"
	"stillsuit.dev/placement/validity"
)

//go:embed doc.go
var doc string

// Checker checks images.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "images", Doc: checks.Doc(doc), Codes: codes(), Shared: []finding.Code{model.CodeRegistry}, Run: run}
}

// check is one run.
type check struct {
	*checks.Pass
	told  map[string]bool           // what is said once of an image, by code and reference
	pulls map[string]map[string]use // by node and reference
	facts []fact
	// declared are the images of which the lock has only what their publishers state.
	declared []declared
	// manifests are those of one platform that are known from elsewhere.
	manifests []child
	// written are the references that stand in the files that were read, by name.
	written map[string]map[string]bool
}

// use is an image in a container of a pod that has eligible nodes.
type use struct {
	image.Reference
	container inventory.Container
	pod       *inventory.PodTemplate
	nodes     []string // that the pod can be scheduled on, sorted
	locked    *lock.Image
	// instead is the digest that the lock has for the tag of an image with another one,
	// of which nothing is known.
	instead string
}

// stays reports whether the pod runs on each of its nodes, or can on one only.
func (u use) stays() bool { return len(u.nodes) == 1 || u.pod.OnEachNode }

func run(pass *checks.Pass) error {
	c := &check{Pass: pass, told: map[string]bool{}, pulls: map[string]map[string]use{}, manifests: children(), written: map[string]map[string]bool{}}
	if err := c.knownFacts(); err != nil {
		return err
	}
	pods, err := pass.PodTemplates()
	if err != nil {
		return err
	}
	finder := eligible.New(pass.Subject, pods)
	for _, pod := range pods {
		nodes := c.eligible(finder, pod)
		for _, container := range pod.Containers() {
			c.container(pod, container, nodes)
		}
	}
	c.unverified()
	c.charts()
	c.disks()
	return nil
}

// eligible returns the nodes on which a pod may run. Where there are none, or that
// cannot be told, it says so: nothing is then known of the pod's images.
func (c *check) eligible(finder *eligible.Finder, pod *inventory.PodTemplate) []string {
	if len(c.Nodes) == 0 {
		return nil
	}
	where, err := finder.Of(pod)
	switch {
	case err != nil && len(validity.OfPods(pod)) > 0: // checks/fit says so on the field
	case err != nil:
		c.Error(pod.Spot(), "images/no-eligible-node", fmt.Sprintf("the placement of %s cannot be read", pod.DisplayName()), err.Error(), "correct it")
	case len(where.Names) == 0:
		c.Warn(pod.Spot(), "images/no-eligible-node", fmt.Sprintf("no node is eligible for %s, so its images were not checked", pod.DisplayName()), where.Why(), "change its placement, or switch it off")
	}
	return where.Names
}

// container checks one container's image.
func (c *check) container(pod *inventory.PodTemplate, container inventory.Container, nodes []string) {
	at := container.Spot.Join("image")
	ref, err := image.Parse(container.Image)
	if err != nil {
		c.Error(at, "images/unreadable", fmt.Sprintf("container %s of %s has the image %q, which is not an image reference", container.Name, pod.DisplayName(), container.Image), err.Error(), "write `REGISTRY/PATH:TAG`")
		return
	}
	u := use{Reference: ref, container: container, pod: pod, nodes: nodes}
	if known, ok := c.Lock.Of(ref); ok {
		u.locked = &known
		if ref.Digest != "" && known.Digest != "" && ref.Digest != known.Digest && c.childPlatform(u) == "" {
			u.locked, u.instead = nil, known.Digest
		}
	}
	c.registry(at, u)
	c.floating(at, u)
	c.literal(at, u)
	c.provenance(at, u)
	c.digest(at, u)
	c.platforms(at, u)
	c.knowledge(at, u)
	c.user(at, u)
	for _, node := range nodes {
		if c.pulls[node] == nil {
			c.pulls[node] = map[string]use{}
		}
		if _, known := c.pulls[node][ref.String()]; !known || u.stays() {
			c.pulls[node][ref.String()] = u
		}
	}
}

// what names the image as far as it is written.
func (u use) what() string {
	switch {
	case u.instead != "":
		return u.String()
	case u.Lockable():
		return u.Tagged()
	}
	return u.Repository + "@" + u.Digest
}

// once reports whether it is asked for the first time about this code and image.
func (c *check) once(code finding.Code, u use) bool {
	key := string(code) + " " + u.String()
	first := !c.told[key]
	c.told[key] = true
	return first
}

// provenance says what the lock does not know, or knows only from others.
func (c *check) provenance(at inventory.Spot, u use) {
	switch {
	case u.locked == nil:
		c.unlocked(at, u)
		return
	case u.locked.Digest == "" && u.Digest == "" && c.once("images/no-digest", u):
		c.Note(at, "images/no-digest", u.Tagged()+" has no digest in images.lock.json", "if its tag is pushed again, pods run another image", fmt.Sprintf("run `stillsuit images lock %s%s`", c.where(), u.Tagged()))
	case (u.locked.Digest != "" || u.Digest != "") && u.locked.Provenance == lock.Declared && c.once("images/declared", u):
		c.declared = append(c.declared, declared{at, u.Tagged()})
	}
	for _, former := range u.locked.History {
		if former.Seen != "" && former.Digest != u.locked.Digest && c.once("images/retagged", u) {
			c.Warn(at, "images/retagged", fmt.Sprintf("%s was pushed again: on %s it was %.19s…", u.Tagged(), former.Seen, former.Digest), fmt.Sprintf("now it is %.19s…", u.locked.Digest), "look at what changed, or use a tag that does not move")
		}
	}
}

// declared is an image whose entry in the lock no registry confirmed.
type declared struct {
	at  inventory.Spot
	ref string
}

// unverified notes the images that no registry confirmed: one at its own place, and several together.
func (c *check) unverified() {
	const whose = "comes from the publisher's statement, not from a registry"
	switch n := len(c.declared); n {
	case 0:
	case 1:
		one := c.declared[0]
		c.Note(one.at, "images/declared", one.ref+" is unverified", "its digest "+whose, fmt.Sprintf("run `stillsuit images lock %s--update %s`", c.where(), one.ref))
	default:
		c.Report(inventory.Spot{}, finding.Finding{
			Code: "images/declared", Severity: finding.Note, Place: finding.Place{File: lock.File},
			Problem: fmt.Sprintf("%d images of %s are unverified", n, c.Name), Detail: "what the lock has of each " + whose,
			Fix: fmt.Sprintf("run `stillsuit images lock %s--update`", c.where()),
		})
	}
}

// where says which lock a command is about, when it is not that of a cluster.
func (c *check) where() string {
	if c.Cluster != nil {
		return ""
	}
	return "--tree " + c.Name + " "
}

// registry reports an image from a registry that the cluster does not allow: of what an
// app declares as well as of objects that stand in the CUE as they are, and patches.
func (c *check) registry(at inventory.Spot, u use) {
	if c.Cluster == nil {
		return
	}
	if f, wrong := c.Cluster.WrongRegistry(u.Reference); wrong {
		c.Report(at, f)
	}
}

// charts notes the charts whose images are unknown.
func (c *check) charts() {
	arches := c.arches()
	for _, o := range c.Objects {
		if o.Kind != "HelmRelease" || o.Group != "helm.toolkit.fluxcd.io" || c.empty(o) {
			continue
		}
		mend := "check that its publisher builds them for the nodes"
		if len(arches) > 0 {
			mend = "check that its publisher builds them for " + finding.All(arches)
		}
		c.Note(inventory.Spot{Object: o}, "images/of-chart", fmt.Sprintf("the images of chart %s were not checked", o.Name), "Helm renders the chart in the cluster, so they are unknown here", mend)
	}
}

// empty reports whether a release is declared to run no pods.
func (c *check) empty(o *manifest.Object) bool {
	if len(o.Origin) != 2 || o.Origin[0] != "charts" {
		return false
	}
	chart := c.Charts[o.Origin[1]]
	return chart != nil && !chart.RunsPods()
}
