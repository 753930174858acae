package custom

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
)

// Kind and Group are those of a CustomResourceDefinition.
const (
	Kind  = "CustomResourceDefinition"
	Group = "apiextensions.k8s.io"
)

// current is the version of CustomResourceDefinitions that the API server serves: v1beta1 is
// gone since Kubernetes 1.22.
const current = Group + "/v1"

// Definitions are the CustomResourceDefinitions that are known, by the kind that they
// define. Once all are added, it is safe for several goroutines.
type Definitions struct {
	kinds map[schema.GroupKind]*definition
}

// New returns no definitions.
func New() *Definitions { return &Definitions{kinds: map[schema.GroupKind]*definition{}} }

// definition is what a CustomResourceDefinition says of a kind.
type definition struct {
	spec     apiextensionsv1.CustomResourceDefinitionSpec
	versions map[string]*served
	// unusable says why resources of the kind cannot be checked; empty when they can.
	unusable string
}

// served is a version that is served, with its schema once it is needed.
type served struct {
	definition *definition
	version    *apiextensionsv1.CustomResourceDefinitionVersion
	once       sync.Once
	schema     *compiled
	err        error
}

// Add adds the definition in an object of kind CustomResourceDefinition, unless one of its
// kind is there already: the first one holds. An error says why none is in the object.
func (d *Definitions) Add(object map[string]any) error {
	if object["apiVersion"] != current {
		return fmt.Errorf("its apiVersion is %v, and the API server reads %s alone", object["apiVersion"], current)
	}
	b, err := json.Marshal(object)
	if err != nil {
		return err
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := json.Unmarshal(b, &crd); err != nil {
		return err
	}
	if crd.Spec.Group == "" || crd.Spec.Names.Kind == "" {
		return fmt.Errorf("it has no spec.group or no spec.names.kind")
	}
	kind := schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}
	if d.kinds[kind] != nil {
		return nil
	}
	defined := &definition{spec: crd.Spec, versions: map[string]*served{}}
	for i := range defined.spec.Versions {
		if v := &defined.spec.Versions[i]; v.Served {
			defined.versions[v.Name] = &served{definition: defined, version: v}
		}
	}
	d.kinds[kind] = defined
	return nil
}

// Knows reports whether a kind is defined, at any version.
func (d *Definitions) Knows(kind schema.GroupKind) bool { return d.kinds[kind] != nil }

// Unusable says why resources of a kind cannot be checked though it is defined; empty when
// they can.
func (d *Definitions) Unusable(kind schema.GroupKind) string {
	if defined := d.kinds[kind]; defined != nil {
		return defined.unusable
	}
	return ""
}

// Refuse notes that the API server refuses the definition of a kind, so that its resources
// cannot be checked.
func (d *Definitions) Refuse(kind schema.GroupKind, why string) {
	if defined := d.kinds[kind]; defined != nil {
		defined.unusable = why
	}
}

// names are the versions that are served, the preferred one first, as the API server orders
// them.
func (d *definition) names() []string {
	var out []string
	for name := range d.versions {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return version.CompareKubeAwareVersionStrings(b, a) })
	return out
}
