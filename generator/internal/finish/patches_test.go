package finish

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
)

func TestObjectsOfAnAppAreAllThatItMade(t *testing.T) {
	r := &finisher{byID: map[manifest.ID]*manifest.Object{}}
	for name, origin := range map[string][]string{
		"a": {"apps", "web", "volumes", "namespace"}, "b": {"apps", "web"},
		"c": {"apps", "web", "namespace"}, "d": {"namespaces", "web"}, "e": {"apps"},
	} {
		id := manifest.ID{Kind: "ConfigMap", Name: name}
		r.byID[id] = &manifest.Object{ID: id, Origin: origin}
	}
	var names []string
	for _, o := range r.objectsOf()["web"] {
		names = append(names, o.Name)
	}
	require.Equal(t, []string{"a", "b"}, names)
}
