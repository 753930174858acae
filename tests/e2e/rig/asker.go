package rig

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// Asker asks the API server what would become of an object. It is for several
// goroutines.
type Asker struct {
	r       *Rig
	dynamic dynamic.Interface
}

// Asker returns one that has the rights of an account.
func (r *Rig) Asker(a Account) (*Asker, error) {
	config := r.As(a)
	config.QPS, config.WarningHandlerWithContext = -1, listener{}
	d, err := dynamic.NewForConfig(config)
	return &Asker{r, d}, err
}

// Create asks for an object to be created, strictly and as a dry run: every webhook
// and policy is asked, and nothing comes of it. It returns what the API server warns
// of, and the refusal.
func (a *Asker) Create(u *unstructured.Unstructured) (warnings []string, err error) {
	return a.ask(u, func(ctx context.Context, resource dynamic.ResourceInterface) error {
		_, err := resource.Create(ctx, u, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict})
		return err
	})
}

// Apply asks for an object to be applied on the server's side, as Flux does, and
// otherwise like Create.
func (a *Asker) Apply(u *unstructured.Unstructured) (warnings []string, err error) {
	return a.ask(u, func(ctx context.Context, resource dynamic.ResourceInterface) error {
		_, err := resource.Apply(ctx, u.GetName(), u, metav1.ApplyOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: "kustomize-controller", Force: true})
		return err
	})
}

func (a *Asker) ask(u *unstructured.Unstructured, do func(context.Context, dynamic.ResourceInterface) error) (warnings []string, err error) {
	resource, err := a.r.resource(a.dynamic, u)
	if err != nil {
		return nil, err
	}
	err = do(context.WithValue(a.r.Context, heard{}, &warnings), resource)
	return warnings, a.r.explain(err)
}

// heard is the key of a request's warnings in its context.
type heard struct{}

// listener keeps the warnings of each request apart.
type listener struct{}

var _ rest.WarningHandlerWithContext = listener{}

// HandleWarningHeaderWithContext keeps a warning.
func (listener) HandleWarningHeaderWithContext(ctx context.Context, _ int, _, text string) {
	if warnings, ok := ctx.Value(heard{}).(*[]string); ok {
		*warnings = append(*warnings, text)
	}
}
