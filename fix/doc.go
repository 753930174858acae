// Package fix applies the edits of findings to the files of a repository. Make plans them,
// which changes nothing; Write makes the changes:
//
//	plan, err := fix.Make(root, findings, nil)
//	…
//	err = plan.Write(root)
//
// An edit is made only where the file has what the finding saw, in a CUE or YAML file of the
// repository that is no output, no link, and not encrypted, and where the result still
// parses. Everything else in the file stays as it is, byte for byte.
package fix
