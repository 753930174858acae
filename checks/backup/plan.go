package backup

import (
	"fmt"
	"path"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"stillsuit.dev/checks"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// plan is a backup of the files of every volume of its pods.
type plan struct {
	name string // in a sentence
	template
}

// template is what a plan says, as far as it is read here (velero 1.18.1,
// pkg/apis/velero/v1/backup_types.go).
type template struct {
	Included       []string                `json:"includedNamespaces"`
	Excluded       []string                `json:"excludedNamespaces"`
	Resources      []string                `json:"includedResources"`
	LessResources  []string                `json:"excludedResources"`
	Selector       *metav1.LabelSelector   `json:"labelSelector"`
	Selectors      []*metav1.LabelSelector `json:"orLabelSelectors"`
	AllVolumes     *bool                   `json:"defaultVolumesToFsBackup"`
	FormerName     *bool                   `json:"defaultVolumesToRestic"`
	ResourcePolicy *struct{}               `json:"resourcePolicy"`
}

// plans are those of the tree that copy all volumes: because they say so, or because they
// say nothing and the server does. Without a plan in the tree, a server that does it is one:
// backups are then made by hand.
func plans(pass *checks.Pass) []plan {
	var found []plan
	server := ""
	for _, o := range pass.Objects {
		switch {
		case o.Group == "velero.io" && (o.Kind == "Schedule" || o.Kind == "Backup"):
			found = append(found, planOf(o))
		case o.Kind == "HelmRelease" && strings.HasSuffix(o.Group, "fluxcd.io"):
			more, all := ofRelease(o)
			found = append(found, more...)
			if all {
				server = "HelmRelease " + o.Name
			}
		case serves(o):
			server = o.Kind + " " + o.Name
		}
	}
	if len(found) == 0 && server != "" {
		return []plan{{name: server}}
	}
	return slices.DeleteFunc(found, func(p plan) bool {
		all := p.AllVolumes
		if all == nil {
			all = p.FormerName
		}
		return all == nil && server == "" || all != nil && !*all || p.ResourcePolicy != nil // which may skip any volume
	})
}

// planOf reads a Schedule or a Backup. One that cannot be read covers nothing: the API server
// refuses it.
func planOf(o *manifest.Object) plan {
	read, err := inventory.Read[struct {
		Spec struct {
			template
			Template template `json:"template"`
		} `json:"spec"`
	}](o)
	off := false
	if err != nil {
		return plan{template: template{AllVolumes: &off}}
	}
	p := plan{name: fmt.Sprintf("%s %s", o.Kind, o.Name), template: read.Spec.template}
	if o.Kind == "Schedule" {
		p.template = read.Spec.Template
	}
	return p
}

// ofRelease reads the values of Velero's own chart: the schedules there, and whether the
// server copies all volumes (vmware-tanzu/helm-charts@73466ca986 charts/velero/values.yaml).
func ofRelease(o *manifest.Object) ([]plan, bool) {
	read, err := inventory.Read[struct {
		Spec struct {
			Values struct {
				Configuration struct {
					AllVolumes bool `json:"defaultVolumesToFsBackup"`
				} `json:"configuration"`
				Schedules map[string]struct {
					Disabled bool     `json:"disabled"`
					Template template `json:"template"`
				} `json:"schedules"`
			} `json:"values"`
		} `json:"spec"`
	}](o)
	if err != nil {
		return nil, false // the values of another chart
	}
	var out []plan
	for name, s := range read.Spec.Values.Schedules {
		if !s.Disabled {
			out = append(out, plan{name: fmt.Sprintf("schedule %s of HelmRelease %s", name, o.Name), template: s.Template})
		}
	}
	slices.SortFunc(out, func(a, b plan) int { return strings.Compare(a.name, b.name) })
	return out, read.Spec.Values.Configuration.AllVolumes
}

// serves reports whether a Deployment is Velero's server, told to copy all volumes.
func serves(o *manifest.Object) bool {
	d, ok := o.Value.(*appsv1.Deployment)
	if !ok {
		return false
	}
	for _, c := range d.Spec.Template.Spec.Containers {
		all := slices.Concat(c.Command, c.Args)
		if slices.ContainsFunc(all, func(a string) bool { return path.Base(a) == "velero" }) &&
			slices.ContainsFunc(all, func(a string) bool {
				flag, value, said := strings.Cut(a, "=")
				return flag == "--default-volumes-to-fs-backup" && (!said || value == "true")
			}) {
			return true
		}
	}
	return false
}

// covers reports whether the plan is about a pod, as far as can be told.
func (p plan) covers(pod *inventory.PodTemplate) bool {
	ns := pod.Object.Namespace
	if len(p.Included) > 0 && !matches(p.Included, ns) || matches(p.Excluded, ns) {
		return false
	}
	if len(p.Resources) > 0 && !matches(p.Resources, "pods") && !matches(p.Resources, "po") || matches(p.LessResources, "pods") {
		return false
	}
	for _, s := range append(slices.Clone(p.Selectors), p.Selector) {
		if s == nil {
			continue
		}
		selector, err := metav1.LabelSelectorAsSelector(s)
		if err != nil || !selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		return true
	}
	return p.Selector == nil && len(p.Selectors) == 0
}

// matches reports whether a name is in a list that may hold patterns.
func matches(list []string, name string) bool {
	return slices.ContainsFunc(list, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return err == nil && ok
	})
}
