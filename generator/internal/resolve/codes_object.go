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
			Code: "patch/no-target", Title: "a patch changes nothing",
			Text:    "A patch names the kind, and perhaps the name, of what is rendered for its app. The finding lists all of it.",
			Example: "patches: more: {kind: \"Deploymnet\", merge: spec: …}    // Deployment",
		},
		{
			Code: "patch/invalid", Title: "a patch cannot be laid over the object",
			Text:    "A patch cannot rename or move an object, as others refer to it, nor change an encrypted file. An item of a list that is merged, such as a container, has the name by which it is found. What a patch writes is checked in the patched object, as every other field is.",
			Example: "patches: more: {kind: \"Deployment\", merge: spec: template: spec: containers: [{image: \"…\"}]}    // add name: \"main\"",
		},
	}
}
