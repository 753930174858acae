// Package policies is the check that asks a cluster's policies about the objects of a
// tree, so that what the cluster would refuse is known before a push: those of a library
// that the cluster chose, and those that the tree itself holds. The package
// policies/admission asks them; this one chooses, and reports on the user's own lines.
//
// What cannot be told here is a finding, and never a pass: an expression that errs, a
// policy that does not compile, and one that asks a web server, a registry, the API
// server, the clock or chance. None of these is reached.
//
// The tree is judged as it lies there. The API server fills in defaults before
// policies see an object, and this check does not: a policy must not rely on them, and
// is reported when it does.
package policies
