package gate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// workspaces compares which namespaces hold those who fill them. One that does not any
// longer is one finding, and not one for each of the objects that held it.
func (c *comparison) workspaces() error {
	for _, o := range c.base.Objects {
		was, err := workspace(o)
		if err != nil {
			return err
		}
		is, err := workspace(c.after[o.ID])
		if err != nil {
			return err
		}
		if !was || is {
			continue
		}
		c.ended[o.Name] = true
		fact := "namespace " + o.Name + " is no workspace"
		if c.after[o.ID] == nil {
			fact = "workspace " + o.Name + " is gone from the tree, and its namespace stays in the cluster"
		}
		c.weaker(path(o.Origin...), spot(o), fact, "it is one: quotas, a limit range and admission policies apply to everything in it")
	}
	return nil
}

// workspace reports whether an object is the namespace of one.
func workspace(o *manifest.Object) (bool, error) {
	if o == nil || o.Group != "" || o.Kind != "Namespace" {
		return false, nil
	}
	ns, err := inventory.Read[corev1.Namespace](o)
	return strings.HasPrefix(ns.Annotations[model.AnnotationReason], model.ReasonWorkspace), err
}

// held reports whether an object of the base was one of those that made a workspace of
// a namespace which is none in the head.
func (c *comparison) held(o *manifest.Object) bool {
	return !o.Raw && len(o.Origin) > 1 && o.Origin[0] == "namespaces" && c.ended[o.Origin[1]]
}
