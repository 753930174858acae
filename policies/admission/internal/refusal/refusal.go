// Package refusal answers for everything outside the tree that a policy could ask:
// with an error, always. It names the types of registry clients, since what asks them
// does, and is the only package beside theirs that may.
package refusal

import (
	"errors"

	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/kyverno/sdk/extensions/cel/libs/http"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Err is what every call out of the tree gets.
var Err = errors.New("a policy asks nothing but the tree here")

// Refusal implements the interfaces to web servers, registries, what a controller
// keeps in the cluster, and the API server.
type Refusal struct{}

// Get implements http.ContextInterface.
func (Refusal) Get(string, map[string]string) (any, error) { return nil, Err }

// Post implements http.ContextInterface.
func (Refusal) Post(string, any, map[string]string) (any, error) { return nil, Err }

// Client implements http.ContextInterface.
func (Refusal) Client(string) (http.ContextInterface, error) { return nil, Err }

// GetGlobalReference implements globalcontext.ContextInterface.
func (Refusal) GetGlobalReference(string, string) (any, error) { return nil, Err }

// GetImageData implements imagedata.ContextInterface.
func (Refusal) GetImageData(string, []remote.Option) (map[string]any, error) { return nil, Err }

// ListResources implements resource.ContextInterface, as the others below.
func (Refusal) ListResources(string, string, string, map[string]string) (*unstructured.UnstructuredList, error) {
	return nil, Err
}

// GetResource is asked for one object.
func (Refusal) GetResource(string, string, string, string) (*unstructured.Unstructured, error) {
	return nil, Err
}

// PostResource is asked to make one.
func (Refusal) PostResource(string, string, string, map[string]any) (*unstructured.Unstructured, error) {
	return nil, Err
}

// ToGVR is asked for the resource of a kind.
func (Refusal) ToGVR(string, string) (*schema.GroupVersionResource, error) { return nil, Err }
