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

func TestMessage(t *testing.T) {
	for _, c := range []struct {
		f    Finding
		want string
	}{
		{Finding{Problem: "a is 1"}, "a is 1."},
		{Finding{Problem: "a is 1", Detail: "it must be 2", Fix: "write 2"}, "a is 1. It must be 2. Write 2."},
		{Finding{Problem: "a is 1", Fix: "did you mean b?"}, "a is 1. Did you mean b?"},
		{Finding{Problem: "a is \"x.\"", Detail: "see b.", Fix: "add a: …"}, "a is \"x.\". See b. Add a: …"},
		{Finding{Problem: "a is locked to sha256:00…", Detail: "b"}, "a is locked to sha256:00…. B."},
		// Names stay as they are.
		{Finding{Problem: "node1 is full", Detail: "docker.io/x is there", Fix: "`stillsuit fit` shows it"}, "node1 is full. docker.io/x is there. `stillsuit fit` shows it."},
	} {
		require.Equal(t, c.want, c.f.Message())
	}
	for _, name := range []string{"", "node1 has no room", "images.lock.json is old", "spec.replicas is 0", "place: arch: \"amd64\" is missing", "`x` is", "\"x\" is", "home/web is", "kube-router is off", "Write it", "äpfel sind", "stillsuit makes it"} {
		require.Equal(t, name, Capital(name))
	}
	require.Equal(t, "Remove", Capital("remove"))
	require.Equal(t, "If so, say it", Capital("if so, say it"))
	require.Equal(t, "Else, say it", Capital("else, say it"))
}
