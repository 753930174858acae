package gate

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// levelLabel is that of Pod Security (kubernetes.io, Pod Security Admission).
const levelLabel = "pod-security.kubernetes.io/enforce"

// levels are those of Pod Security, strictest first. Without the label a namespace is
// as the last.
func levels() []string { return []string{"restricted", "baseline", "privileged"} }

// namespaces compares what is enforced in the namespaces that both have.
func (c *comparison) namespaces() error {
	for _, o := range c.base.Objects {
		is := c.after[o.ID]
		if o.Group != "" || o.Kind != "Namespace" || is == nil {
			continue
		}
		was, err := inventory.Read[corev1.Namespace](o)
		if err != nil {
			return err
		}
		now, err := inventory.Read[corev1.Namespace](is)
		if err != nil {
			return err
		}
		if before, after := level(was.Labels[levelLabel]), level(now.Labels[levelLabel]); after > before {
			at, from := spot(is, "metadata", "labels", levelLabel), spot(o, "metadata", "labels", levelLabel)
			at.Path, from.Path = []string{"security"}, []string{"security"}
			c.weaker(at, from, fmt.Sprintf("pods of namespace %s are held to %s", o.Name, levels()[after]), "they are held to "+levels()[before])
		}
		if err := c.denied(is); err != nil {
			return err
		}
	}
	return nil
}

func level(label string) int {
	if i := slices.Index(levels(), label); i >= 0 {
		return i
	}
	return len(levels()) - 1
}

// denied compares whether all traffic of a namespace is denied unless something allows it.
func (c *comparison) denied(namespace *manifest.Object) error {
	ways := func(s *inventory.Subject) (map[networkingv1.PolicyType]*manifest.Object, error) {
		out := map[networkingv1.PolicyType]*manifest.Object{}
		for _, o := range s.Objects {
			if o.Kind != "NetworkPolicy" || o.Group != networkingv1.GroupName || o.Namespace != namespace.Name {
				continue
			}
			p, err := inventory.Read[networkingv1.NetworkPolicy](o)
			if err != nil {
				return nil, err
			}
			if len(p.Spec.PodSelector.MatchLabels)+len(p.Spec.PodSelector.MatchExpressions) > 0 {
				continue
			}
			for _, t := range p.Spec.PolicyTypes {
				out[t] = o
			}
		}
		return out, nil
	}
	was, err := ways(c.base)
	if err != nil {
		return err
	}
	is, err := ways(c.head)
	if err != nil {
		return err
	}
	for _, way := range []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress} {
		if was[way] != nil && is[way] == nil {
			c.weaker(spot(namespace), spot(was[way]), fmt.Sprintf("nothing denies %s of all pods in namespace %s", strings.ToLower(string(way)), namespace.Name), was[way].DisplayName()+" does")
		}
	}
	return nil
}

// quotas compares what bounds namespaces that both have.
func (c *comparison) quotas() error {
	for _, o := range c.base.Objects {
		namespace := c.after[manifest.ID{Kind: "Namespace", Name: o.Namespace}]
		if o.Group != "" || o.Kind != "ResourceQuota" && o.Kind != "LimitRange" || namespace == nil {
			continue
		}
		is := c.after[o.ID]
		if is == nil && c.held(o) {
			continue
		}
		if is == nil {
			c.weaker(path(o.Origin...), spot(o), fmt.Sprintf("namespace %s has no %s %s", o.Namespace, o.Kind, o.Name), "that bounds it")
			continue
		}
		was, err := bounds(o)
		if err != nil {
			return err
		}
		now, err := bounds(is)
		if err != nil {
			return err
		}
		for _, b := range was {
			i := slices.IndexFunc(now, func(n bound) bool { return n.name == b.name })
			switch {
			case i < 0 && c.held(o): // a workspace's own
			case i < 0:
				c.weaker(spot(is), spot(o), fmt.Sprintf("%s does not bound %s", is.DisplayName(), b.name), "it is "+b.most.String())
			case now[i].most.Cmp(b.most) > 0:
				c.weaker(spot(is), spot(o), fmt.Sprintf("%s allows %s of %s", is.DisplayName(), now[i].most.String(), b.name), "it allows "+b.most.String())
			}
		}
	}
	return nil
}

// bound is the most of something that a namespace, or what is in it, may have.
type bound struct {
	name string
	most resource.Quantity
}

func bounds(o *manifest.Object) ([]bound, error) {
	var out []bound
	add := func(prefix string, list corev1.ResourceList) {
		for name, q := range list {
			out = append(out, bound{strings.TrimSpace(prefix + " " + string(name)), q})
		}
	}
	if o.Kind == "ResourceQuota" {
		q, err := inventory.Read[corev1.ResourceQuota](o)
		if err != nil {
			return nil, err
		}
		add("", q.Spec.Hard)
	} else {
		l, err := inventory.Read[corev1.LimitRange](o)
		if err != nil {
			return nil, err
		}
		for _, item := range l.Spec.Limits {
			add(string(item.Type)+" max", item.Max)
			add(string(item.Type)+" default", item.Default)
		}
	}
	slices.SortFunc(out, func(a, b bound) int { return strings.Compare(a.name, b.name) })
	return out, nil
}
