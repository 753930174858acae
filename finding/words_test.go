package finding

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWords(t *testing.T) {
	for n, want := range []string{"", "a", "a or b", "a, b or c"} {
		require.Equal(t, want, OneOf([]string{"a", "b", "c"}[:n]))
	}
	for n, want := range []string{"", "a", "a and b", "a, b and c"} {
		require.Equal(t, want, All([]string{"a", "b", "c"}[:n]))
	}
	require.Equal(t, "0 pods, 1 pod, 2 pods", Count(0, "pod")+", "+Count(1, "pod")+", "+Count(2, "pod"))
	require.Equal(t, "1 policy, 2 policies", Count(1, "policy")+", "+Count(2, "policy"))
	require.Equal(t, "are is are", Are(0)+" "+Are(1)+" "+Are(2))
}
