// Package admission asks Kyverno's ValidatingPolicies about the objects of a tree, so
// that what the cluster would refuse is known before a push.
//
// Policies are compiled by the rules of Kyverno 1.19 and with its own libraries, and
// are asked as its admission controller asks them: constraints and selectors,
// exceptions, conditions, variables, and all validations, also in the forms that it
// generates for what makes pods. Namespaces and other objects that a policy looks up
// are those of the tree. The request is one of Flux's kustomize-controller to create
// the object.
//
// What cannot be told here is a finding, and never a pass: an expression that errs, a
// policy that does not compile, and one that asks a web server, a registry, the API
// server, the clock or chance. None of these is reached.
//
// The tree is judged as it lies there. The API server fills in defaults before
// policies see an object, and this check does not: a policy must not rely on them, and
// is reported when it does.
package admission
