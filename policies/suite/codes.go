package suite

import "stillsuit.dev/finding"

// Codes documents the findings about tests of policies.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "test/expectation", Title: "a policy says something else than its test expects",
			Text:    "A result of a kyverno-test.yaml names a policy, resources, and what the policy must say of each. It says something else of this one, or was not asked about it, or the resource is not among those of the test. Either the policy is wrong or the test is.",
			Example: "results:\n- policy: limits\n  kind: Deployment\n  resources: [web]\n  result: fail    # the policy lets it pass",
		},
		{
			Code: "test/field", Title: "a test says something that is not understood",
			Text:    "Tests are run here as far as they are about ValidatingPolicies and the creation of objects. A field that is not part of that would change the result, or is misspelt, so the test is not run. Kyverno's own command line knows the others.",
			Example: "jsonPayloads: [payload.json]    # `kyverno test` runs it",
		},
		{
			Code: "test/file", Title: "a file of a test cannot be read",
			Text:    "A test names its files relative to its own directory. They lie in the same repository, and hold Kubernetes objects.",
			Example: "policies: [polcy.yaml]    # policy.yaml",
		},
		{
			Code: "test/none", Title: "no test is there",
			Text:    "Tests are files that are called kyverno-test.yaml. None is in the directory or below it, so nothing was tested.",
			Example: "stillsuit policy test policies    # the directory with kyverno-test.yaml",
		},
		{
			Code: "test/policy", Title: "a policy of a test cannot be asked",
			Text:    "The policy is broken, is no ValidatingPolicy, or asks something outside of the test's files, such as a web server or the clock. No result can say what it says.",
			Example: "kind: ClusterPolicy    # `kyverno test` runs it",
		},
	}
}
