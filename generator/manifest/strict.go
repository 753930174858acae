package manifest

import kjson "sigs.k8s.io/json"

// Strict decodes JSON into a Go type. A field that the type does not have is an error.
func Strict(b []byte, into any) error {
	strict, err := kjson.UnmarshalStrict(b, into)
	if err == nil && len(strict) > 0 {
		err = strict[0]
	}
	return err
}
