package generator

import (
	"io/fs"
	"sync"

	"stillsuit.dev/generator/internal/policy"
)

// readOnce reads a library of policies when it is first asked for, and the form of its policies for
// the API server when that is.
func readOnce(policies fs.FS) func(native bool) ([]policy.Policy, error) {
	all := sync.OnceValues(func() ([]policy.Policy, error) { return policy.Read(policies) })
	natives := sync.OnceValues(func() ([]policy.Policy, error) {
		read, err := all()
		if err != nil {
			return nil, err
		}
		return policy.Natives(policies, read)
	})
	return func(native bool) ([]policy.Policy, error) {
		if native {
			return natives()
		}
		return all()
	}
}
