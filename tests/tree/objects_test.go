package tree_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/kubernetes/scheme"
	kjson "sigs.k8s.io/json"
)

// serviceMonitor is what we know of the Prometheus operator's kind.
type serviceMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Selector  metav1.LabelSelector `json:"selector"`
		Endpoints []struct {
			Port          string `json:"port"`
			Path          string `json:"path"`
			Interval      string `json:"interval"`
			Authorization *struct {
				Type        string                    `json:"type"`
				Credentials *corev1.SecretKeySelector `json:"credentials"`
			} `json:"authorization"`
		} `json:"endpoints"`
	} `json:"spec"`
}

// charted are the API groups that charts bring. Their objects are decoded into the
// types of those who make them in tests/crd.
var charted = []string{"cert-manager.io", "metallb.io", "notification.toolkit.fluxcd.io", "policies.kyverno.io", "traefik.io", "velero.io"}

// foreign are the kinds that are not Kubernetes' own.
func foreign(gvk schema.GroupVersionKind) any {
	switch gvk {
	case kustomizev1.GroupVersion.WithKind("Kustomization"):
		return &kustomizev1.Kustomization{}
	case schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "ServiceMonitor"}:
		return &serviceMonitor{}
	case schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PodMonitor"}:
		return &podMonitor{}
	}
	if flux := fluxKinds()[gvk.Kind]; flux != nil && strings.HasSuffix(gvk.Group, ".toolkit.fluxcd.io") {
		return flux()
	}
	return nil
}

// strict decodes every object into its Go type and takes no unknown field. An
// encrypted Secret is one without what SOPS adds.
func strict(c *cluster) []string {
	var out []string
	for _, o := range c.all() {
		gvk := schema.FromAPIVersionAndKind(o.text("apiVersion"), o.kind())
		if slices.Contains(charted, gvk.Group) {
			continue
		}
		into := foreign(gvk)
		if into == nil {
			typed, err := scheme.Scheme.New(gvk)
			if err != nil {
				out = append(out, fmt.Sprintf("%s: %v", o, err))
				continue
			}
			into = typed
		}
		b, err := json.Marshal(plain(o))
		if err != nil {
			out = append(out, fmt.Sprintf("%s: %v", o, err))
			continue
		}
		unknown, err := kjson.UnmarshalStrict(b, into)
		for _, err := range append(unknown, err) {
			if err != nil {
				out = append(out, fmt.Sprintf("%s: %v", o, err))
			}
		}
	}
	return out
}

// plain is the object without the field that SOPS adds and Flux takes away.
func plain(o object) object {
	if !o.encrypted() {
		return o
	}
	out := object{}
	for k, v := range o {
		if k != "sops" {
			out[k] = v
		}
	}
	return out
}

// identity: each object has a valid name, once, in a namespace that is there.
func identity(c *cluster) []string {
	var out []string
	seen := map[string]bool{}
	namespaces := map[string]bool{"flux-system": true}
	for _, ns := range as[corev1.Namespace](c, "Namespace") {
		namespaces[ns.Name] = true
	}
	for _, o := range c.all() {
		if key := o.text("apiVersion") + o.String(); seen[key] {
			out = append(out, o.String()+" is there twice")
		} else {
			seen[key] = true
		}
		for _, problem := range validation.IsDNS1123Subdomain(o.text("metadata", "name")) {
			out = append(out, fmt.Sprintf("%s: %s", o, problem))
		}
		ns := o.text("metadata", "namespace")
		switch scoped := slices.Contains([]string{"ClusterIssuer", "Namespace", "PriorityClass", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingPolicy"}, o.kind()); {
		case scoped && ns != "":
			out = append(out, o.String()+" has a namespace, but is of the cluster")
		case !scoped && ns == "":
			out = append(out, o.String()+" has no namespace")
		case !scoped && !namespaces[ns] && ns != "kube-system" && ns != "flux-system": // which are there before
			out = append(out, o.String()+" is in a namespace that nothing makes")
		}
	}
	return out
}

// labelled: everything says who made it, but files that are copied as they are.
func labelled(c *cluster) []string {
	var out []string
	for _, o := range c.all() {
		if !o.encrypted() && o.text("metadata", "labels", "app.kubernetes.io/managed-by") != "stillsuit" {
			out = append(out, o.String()+" does not say who manages it")
		}
	}
	return out
}

// kept: what holds data is not deleted when it goes from the tree.
func kept(c *cluster) []string {
	var out []string
	for _, o := range c.all() {
		keep := o.kind() == "Namespace" || o.kind() == "PersistentVolumeClaim"
		if said := o.text("metadata", "annotations", "kustomize.toolkit.fluxcd.io/prune") == "disabled"; keep != said {
			out = append(out, fmt.Sprintf("%s: pruning disabled is %t", o, said))
		}
	}
	return out
}

// encrypted: a Secret in the tree holds nothing that can be read.
func encrypted(c *cluster) []string {
	var out []string
	for _, o := range c.all() {
		if o.kind() != "Secret" {
			continue
		}
		if o.text("sops", "mac") == "" {
			out = append(out, o.String()+" is not encrypted")
		}
		for _, part := range []string{"data", "stringData"} {
			values, _ := o[part].(map[string]any)
			for key, v := range values {
				if s, _ := v.(string); !strings.HasPrefix(s, "ENC[") {
					out = append(out, fmt.Sprintf("%s: %s can be read", o, key))
				}
			}
		}
	}
	return out
}
