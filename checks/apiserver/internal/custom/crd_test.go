package custom_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/apiserver/internal/custom"
)

func TestSoundDefinitionsAreSilent(t *testing.T) {
	for name, crd := range read(t, crds) {
		start := time.Now()
		require.Empty(t, custom.CheckDefinition(t.Context(), crd), name)
		fmt.Println(name, time.Since(start))
	}
}
