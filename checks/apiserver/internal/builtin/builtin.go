package builtin

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/validate/content"
	genericvalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/version"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/klog/v2"
	"k8s.io/kube-aggregator/pkg/apis/apiregistration"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/capabilities"
	kjson "sigs.k8s.io/json"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/generator/manifest"
)

// Newest is the minor version of Kubernetes whose code is compiled in, and Oldest the first
// one whose feature gates it knows: what was decided before was removed from it.
const (
	Newest = 36
	Oldest = 31
)

// gates guards the feature gates, which are the process's.
var gates sync.Mutex

// Each asks the API server of a minor version about the objects, and hands over what it
// refuses in each. Objects of kinds that it does not have are left out.
func Each(minor int, objects []*manifest.Object, report func(*manifest.Object, []refusal.Refusal)) error {
	gates.Lock()
	defer gates.Unlock()
	// A pod may be privileged where kubeadm or K3s starts the API server
	// (k3s, pkg/daemons/control/server.go, allow-privileged=true).
	capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true})
	before := utilfeature.DefaultMutableFeatureGate.EmulationVersion()
	if err := emulate(version.MajorMinor(1, uint(min(max(minor, Oldest), Newest)))); err != nil {
		return fmt.Errorf("set feature gates of Kubernetes 1.%d: %w", minor, err)
	}
	s := server{strategies: strategies(), lists: associative(), aggregated: aggregated()}
	for _, o := range objects {
		if answers, knows := s.ask(o); knows {
			report(o, answers)
		}
	}
	return emulate(before)
}

// emulate sets the feature gates to those of a version, without a line in the log.
func emulate(v *version.Version) error {
	quiet, is := utilfeature.DefaultMutableFeatureGate.(interface {
		SetEmulationVersionWithLogger(klog.Logger, *version.Version) error
	})
	if !is {
		return utilfeature.DefaultMutableFeatureGate.SetEmulationVersion(v)
	}
	return quiet.SetEmulationVersionWithLogger(klog.Logger{}, v)
}

// server is what the API server knows of kinds.
type server struct {
	strategies map[schema.GroupKind]strategy
	lists      *lists
	aggregated *runtime.Scheme
}

// scheme has the types of a group: the aggregator has its own.
func (s server) scheme(group string) *runtime.Scheme {
	if group == apiregistration.GroupName {
		return s.aggregated
	}
	return legacyscheme.Scheme
}

// ask returns what is refused in an object, and whether its kind is known at all.
func (s server) ask(o *manifest.Object) ([]refusal.Refusal, bool) {
	gvk := schema.FromAPIVersionAndKind(o.APIVersion, o.Kind)
	into, err := s.scheme(gvk.Group).New(gvk)
	if err != nil || o.Verbatim != nil || o.Part {
		return nil, false
	}
	a := &answer{object: o, written: o.Written, root: reflect.TypeOf(into)}
	if a.written == nil {
		a.written = Untyped(o.Value)
	}
	typed, is := o.Value.(runtime.Object)
	if !is || reflect.TypeOf(typed) != reflect.TypeOf(into) {
		typed = nil
	}
	if o.Written != nil || typed == nil {
		meant, known := a.structure(a.written)
		if len(a.refusals) > 0 || typed == nil {
			a.partial = !known
			if typed = into; !a.decode(meant, typed) {
				return a.refusals, true
			}
			a.written = meant
		}
	}
	duplicates, strays := s.lists.compare(a.root, a.written)
	a.duplicates(duplicates, true)
	a.strays(strays, true)
	a.validation(s.validate(gvk, typed.DeepCopyObject()))
	a.duplicates(duplicates, false)
	a.strays(strays, false)
	return a.refusals, true
}

// decode decodes an object whose fields all fit.
func (a *answer) decode(object map[string]any, into runtime.Object) bool {
	b, err := json.Marshal(object)
	if err == nil {
		err = kjson.UnmarshalCaseSensitivePreserveInts(b, into)
	}
	if err != nil {
		a.undecodable(err)
	}
	return err == nil
}

// validate does with an object what a create request does
// (k8s.io/apiserver, pkg/registry/rest, BeforeCreate).
func (s server) validate(gvk schema.GroupVersionKind, obj runtime.Object) field.ErrorList {
	scheme := s.scheme(gvk.Group)
	scheme.Default(obj)
	internal, err := scheme.UnsafeConvertToVersion(obj, runtime.InternalGroupVersioner)
	if err != nil {
		return field.ErrorList{field.InternalError(nil, err)}
	}
	object, err := meta.Accessor(internal)
	if err != nil {
		return field.ErrorList{field.InternalError(nil, err)}
	}
	object.SetUID("00000000-0000-0000-0000-000000000000")
	object.SetCreationTimestamp(metav1.Unix(0, 0))
	if object.GetName() == "" && object.GetGenerateName() != "" {
		object.SetName(object.GetGenerateName() + "xxxxx")
	}
	kind, known := s.strategies[gvk.GroupKind()]
	if !known {
		return nil
	}
	switch namespace := object.GetNamespace(); {
	case !kind.NamespaceScoped():
		object.SetNamespace("") // as the API server does
	case namespace == "":
		object.SetNamespace(metav1.NamespaceDefault) // somebody fills it in
	}
	ctx := genericapirequest.WithRequestInfo(context.Background(), &genericapirequest.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: gvk.Group, APIVersion: gvk.Version, Namespace: object.GetNamespace(),
	})
	ctx = klog.NewContext(genericapirequest.WithNamespace(ctx, object.GetNamespace()), klog.Logger{})
	kind.PrepareForCreate(ctx, internal)
	errs := kind.Validate(ctx, internal)
	segment := func(name string, prefix bool) []string {
		if prefix {
			return content.IsPathSegmentPrefix(name)
		}
		return content.IsPathSegmentName(name)
	}
	said := map[string]bool{}
	for _, e := range errs {
		said[e.Field] = true
	}
	for _, e := range genericvalidation.ValidateObjectMetaAccessor(object, kind.NamespaceScoped(), segment, field.NewPath("metadata")) {
		if !said[e.Field] {
			errs = append(errs, e)
		}
	}
	return errs
}

// Untyped is a value as JSON decodes it.
func Untyped(value any) map[string]any {
	if m, is := value.(map[string]any); is {
		return m
	}
	m, err := runtime.DefaultUnstructuredConverter.ToUnstructured(value)
	if err != nil { // a Go type that JSON does not know
		return nil
	}
	return m
}

// keysOf are the keys of a field as the API server writes it:
// spec.containers[0].resources.limits[nvidia.com/gpu].
func keysOf(path string) []string {
	var keys []string
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case path[0] == '[':
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return append(keys, path[1:])
			}
			keys, path = append(keys, strings.Trim(path[1:end], `"`)), path[end+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				return append(keys, path)
			}
			keys, path = append(keys, path[:end]), path[end:]
		}
	}
	return keys
}
