package valid

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/quantities"
)

// What is too small to be meant, by where it stands, with what is meant.
func TestSmall(t *testing.T) {
	at := func(dotted string) []string { return strings.Split(dotted, " ") }
	const limit = "containers main limits memory"
	for _, c := range []struct{ keys, text, meant string }{
		{limit, "512m", "512Mi"}, {limit, "64", "64Mi"}, {limit, "128k", "128Mi"}, {limit, "512Ki", "512Mi"}, {limit, "1048575", "1048575Mi"}, {limit, "0.5", "0.5Gi"}, {limit, "2", "2Gi"}, {limit, "250u", "250Mi"},
		{limit, "1Mi", ""}, {limit, "1M", "1Mi"}, {limit, "1048576", ""}, {limit, "0", ""}, {limit, "0m", ""}, {limit, "64Mi", ""}, {limit, "1.5Gi", ""}, {limit, "1288490188800m", ""},
		{"spec hard requests.memory", "4", "4Gi"}, {"spec hard limits.memory", "0", ""}, {"spec hard requests.storage", "100", "100Gi"}, {"spec hard requests.cpu", "4", ""}, {"spec hard pods", "4", ""},
		{"containers main limits cpu", "64", ""}, {"containers main requests cpu", "500m", ""}, {"containers main limits nvidia.com/gpu", "1", ""},
		{"apps a volumes data size", "10", "10Gi"}, {"apps a volumes data size", "512Ki", "512Mi"}, {"apps a volumes data size", "1Gi", ""},
		{"apps a volumes shm memory", "64Ki", ""}, {"apps a volumes shm memory", "64", "64Mi"}, {"apps a volumes tmp scratch", "64m", "64Mi"}, {"containers main scratch /tmp", "64", "64Mi"}, {"containers main scratch /tmp", "4Ki", ""},
		{"cluster flux memory helm-controller", "256", "256Mi"}, {"cluster backups offsite cache", "1", "1Gi"},
		{"spec resources requests storage", "5", "5Gi"}, {"spec resources requests storage", "1Ki", ""}, {"spec volumes 0 emptyDir sizeLimit", "500", "500Mi"}, {"spec volumes 0 emptyDir sizeLimit", "100Ki", ""},
		{"spec limits 0 min memory", "4Ki", ""}, {"spec limits 0 maxLimitRequestRatio memory", "2", ""}, {"spec overhead memory", "64", ""}, {"valueFrom resourceFieldRef divisor", "1", ""},
	} {
		problems := small(at(c.keys), c.text)
		if c.meant == "" {
			require.Empty(t, problems, c.keys+" "+c.text)
			continue
		}
		require.Len(t, problems, 1, c.keys+" "+c.text)
		require.Equal(t, "write "+c.meant, problems[0].Fix, c.keys+" "+c.text)
		require.Equal(t, !strings.Contains(c.keys, " limits memory"), problems[0].Mild, c.keys)
		require.Empty(t, small(at(c.keys), c.meant), "what is written as a fix is taken")
	}
}

// An amount is judged where a type has one, and a limit that starts nothing counts nowhere.
func TestSmallLimit(t *testing.T) {
	container := map[string]any{"resources": map[string]any{"limits": map[string]any{"memory": "512m"}, "requests": map[string]any{"memory": "64Mi"}}}
	problems := Rules{}.Find(reflect.TypeFor[corev1.Container](), container)
	require.Len(t, problems, 1)
	require.Equal(t, CodeSmall, string(problems[0].Code))
	require.Equal(t, `resources.limits.memory is "512m", which is 0.512 bytes: the unit m is a part of a byte`, problems[0].Problem)
	q := resource.MustParse(problems[0].Instead.(string))
	require.False(t, quantities.Known(q))
}
