package e2e_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"stillsuit.dev/tests/e2e/rig"
)

// TestMain builds what is missing before the tests, which run side by side.
func TestMain(m *testing.M) {
	say := func(format string, args ...any) { fmt.Printf(format+"\n", args...) }
	if _, err := rig.Build(context.Background(), ".", say); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
