package admission

import (
	"fmt"
	"reflect"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
	"github.com/kyverno/kyverno/pkg/cel/compiler"
	"github.com/kyverno/sdk/extensions/cel/libs/globalcontext"
	"github.com/kyverno/sdk/extensions/cel/libs/gzip"
	"github.com/kyverno/sdk/extensions/cel/libs/hash"
	"github.com/kyverno/sdk/extensions/cel/libs/http"
	"github.com/kyverno/sdk/extensions/cel/libs/image"
	"github.com/kyverno/sdk/extensions/cel/libs/imagedata"
	"github.com/kyverno/sdk/extensions/cel/libs/json"
	"github.com/kyverno/sdk/extensions/cel/libs/math"
	"github.com/kyverno/sdk/extensions/cel/libs/random"
	"github.com/kyverno/sdk/extensions/cel/libs/resource"
	"github.com/kyverno/sdk/extensions/cel/libs/time"
	"github.com/kyverno/sdk/extensions/cel/libs/transform"
	"github.com/kyverno/sdk/extensions/cel/libs/user"
	"github.com/kyverno/sdk/extensions/cel/libs/x509"
	"github.com/kyverno/sdk/extensions/cel/libs/yaml"
	"k8s.io/apimachinery/pkg/util/version"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"

	"stillsuit.dev/policies/admission/internal/libs"
	"stillsuit.dev/policies/admission/internal/refusal"
)

// newEnvironment is what expressions of policies are compiled in: options, variables
// and libraries of Kyverno's own compiler, in its order (kyverno v1.19.1,
// pkg/cel/policies/vpol/compiler, createBaseVpolEnv), whose package cannot be taken for
// its weight. What would reach out is there, so that policies compile as in the
// cluster, and refuses; the tree answers when they are asked. A policy that holds in one namespace sees its objects only.
func newEnvironment(namespace string) (*cel.Env, error) {
	first := version.MajorMinor(1, 0)
	base := environment.MustBaseEnvSet(first)
	stored, err := base.Env(environment.StoredExpressions)
	if err != nil {
		return nil, fmt.Errorf("make CEL environment: %w", err)
	}
	declared, err := apiservercel.NewDeclTypeProvider(compiler.NamespaceType, compiler.RequestType).EnvOptions(stored.CELTypeProvider())
	if err != nil {
		return nil, fmt.Errorf("declare types for CEL: %w", err)
	}
	options := append(compiler.DefaultEnvOptionsWithCompat(),
		cel.Variable(compiler.NamespaceObjectKey, compiler.NamespaceType.CelType()),
		cel.Variable(compiler.ObjectKey, cel.DynType),
		cel.Variable(compiler.OldObjectKey, cel.DynType),
		cel.Variable(compiler.RequestKey, compiler.RequestType.CelType()),
		cel.Types(compiler.NamespaceType.CelType()),
		cel.Types(compiler.RequestType.CelType()),
		cel.Variable(compiler.VariablesKey, compiler.VariablesType),
	)
	libraries := []cel.EnvOption{
		ext.NativeTypes(reflect.TypeFor[libs.Exception](), ext.ParseStructTags(true)),
		cel.Variable(compiler.ExceptionsKey, types.NewObjectType("libs.Exception")),
		globalcontext.Lib(globalcontext.Context{ContextInterface: refusal.Refusal{}}, globalcontext.Latest()),
		resource.Lib(resource.Context{ContextInterface: refusal.Refusal{}}, namespace, resource.Latest()),
		image.Lib(image.Latest()),
		imagedata.Lib(imagedata.Context{ContextInterface: refusal.Refusal{}}, imagedata.Latest(), nil),
		user.Lib(user.Latest()),
		hash.Lib(hash.Latest()),
		math.Lib(math.Latest()),
		json.Lib(&json.JsonImpl{}, json.Latest()),
		yaml.Lib(&yaml.YamlImpl{}, yaml.Latest()),
		random.Lib(random.Latest()),
		x509.Lib(x509.Latest()),
		time.Lib(time.Latest()),
		transform.Lib(transform.Latest()),
		gzip.Lib(gzip.Latest()),
		http.Lib(http.Context{ContextInterface: refusal.Refusal{}}, http.Latest()),
	}
	set, err := base.Extend(
		environment.VersionedOptions{IntroducedVersion: first, EnvOptions: append(options, declared...)},
		environment.VersionedOptions{IntroducedVersion: first, EnvOptions: libraries},
	)
	if err != nil {
		return nil, fmt.Errorf("make CEL environment: %w", err)
	}
	return set.Env(environment.StoredExpressions)
}

// forPolicy is the environment of one policy, which has variables of its own; their
// types become known as they are compiled.
func forPolicy(env *cel.Env) (*cel.Env, *compiler.VariablesProvider, error) {
	variables := compiler.NewVariablesProvider(env.CELTypeProvider())
	own, err := env.Extend(cel.CustomTypeProvider(variables))
	if err != nil {
		return nil, nil, fmt.Errorf("make CEL environment of a policy: %w", err)
	}
	return own, variables, nil
}
