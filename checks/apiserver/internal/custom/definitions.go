package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

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
	kinds map[schema.GroupKind]*defined
	took  atomic.Int64 // nanoseconds that rules took
}

// New returns no definitions.
func New() *Definitions { return &Definitions{kinds: map[schema.GroupKind]*defined{}} }

// defined is what a CustomResourceDefinition says of a kind.
type defined struct {
	spec     apiextensionsv1.CustomResourceDefinitionSpec
	versions map[string]*served
	refused  bool // by the API server
}

// served is a version that is served, with its schema once it is needed.
type served struct {
	*apiextensionsv1.CustomResourceDefinitionVersion
	once   sync.Once
	schema *compiled
	err    error
}

// Add adds the definition in an object of kind CustomResourceDefinition, unless one of its
// kind is there already: the first one holds. refused says that the API server refuses it, so
// that its resources cannot be checked. An error says why no definition is in the object.
func (d *Definitions) Add(object map[string]any, refused bool) error {
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
		return errors.New("it has no spec.group or no spec.names.kind")
	}
	kind := schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}
	if d.kinds[kind] != nil {
		return nil
	}
	of := &defined{spec: crd.Spec, versions: map[string]*served{}, refused: refused}
	for i := range of.spec.Versions {
		if v := &of.spec.Versions[i]; v.Served {
			of.versions[v.Name] = &served{CustomResourceDefinitionVersion: v}
		}
	}
	d.kinds[kind] = of
	return nil
}

// Unknown is what Unchecked says of a kind without a definition.
const Unknown = "no CustomResourceDefinition of these kinds is known"

// Unchecked says why a resource of a kind and version is not checked; empty when it is.
func (d *Definitions) Unchecked(kind schema.GroupKind, version string) string {
	of := d.kinds[kind]
	switch {
	case of == nil:
		return Unknown
	case of.refused:
		return "the API server refuses the CustomResourceDefinition"
	case of.versions[version] == nil:
		return "" // Check reports it
	}
	if _, err := of.versions[version].compile(); err != nil {
		return err.Error()
	}
	return ""
}

// names are the versions that are served, the preferred one first, as the API server orders
// them.
func (d *defined) names() []string {
	var out []string
	for name := range d.versions {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return version.CompareKubeAwareVersionStrings(b, a) })
	return out
}
