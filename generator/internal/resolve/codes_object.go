package resolve

import "stillsuit.dev/finding"

// objectCodes are about raw objects, and patches on what is rendered.
func objectCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "object/incomplete", Title: "a raw object does not say what it is",
			Text:    "Every Kubernetes object has apiVersion and kind. Its name is its key in objects, and its namespace the app's, unless it says others.",
			Example: "objects: rules: {kind: \"ConfigMap\", …}    // add apiVersion: \"v1\"",
		},
		{
			Code: "object/invalid", Title: "a raw object does not fit its kind",
			Text:    "Objects of Kubernetes' own kinds are read strictly: the API server drops a misspelt field without a word. Other kinds are taken as they are written.",
			Example: "objects: rules: {apiVersion: \"v1\", kind: \"ConfigMap\", dat: {…}}    // data",
		},
		{
			Code: "patch/no-target", Title: "a patch changes nothing",
			Text:    "A patch names the kind, and perhaps the name, of what is rendered for its app. The finding lists all of it.",
			Example: "patches: more: {kind: \"Deploymnet\", merge: spec: …}    // Deployment",
		},
		{
			Code: "patch/invalid", Title: "a patch does not fit the object",
			Text:    "The patched object is read strictly, as the API server would drop a misspelt field. A patch cannot rename or move an object, as others refer to it, nor change an encrypted file.",
			Example: "patches: more: {kind: \"Deployment\", merge: spec: replica: 2}    // replicas",
		},
	}
}
