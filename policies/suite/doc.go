// Package suite runs tests of policies as they are written for Kyverno's command line
// (cli.kyverno.io/v1alpha1 Test), by package admission: nothing outside of the files is
// reached.
//
// What it runs is tests of ValidatingPolicies: policies, resources, exceptions,
// context, values or variables with namespaces, userinfo, and results. Any other
// field is a finding, and never left out of sight. A result says what a policy must
// say of a resource: pass, fail, skip, or error. What no policy was asked about is
// none of these.
package suite
