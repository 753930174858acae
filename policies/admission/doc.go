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
// Load or Parse reads a Policy, and PoliciesOf and ExceptionsOf those that a tree holds.
// NewEvaluator compiles them, NewWorld reads the objects, and Evaluator.Ask gives a
// Verdict for each pair of a policy and an object that it is about. Verdict.Blame finds
// the container and the field that failed. Native gives a policy as the API server's own
// ValidatingAdmissionPolicies.
//
// A policy that does not compile is returned apart, as Unasked, and so is one that asks
// a web server, a registry, the API server, the clock or chance: none of these is
// reached. An expression that errs gives the outcome Error. None of this is ever a pass.
//
// The API server fills in defaults before policies see an object, and nothing does here:
// Evaluator.Reliances are the fields for which that matters.
package admission
