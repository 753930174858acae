package golden

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// TestGolden renders each input and compares the objects of its units. The
// comment of a file may choose them: "show: web/site flux:web/site bootstrap";
// flux: is the Flux Kustomization of a unit, bootstrap the patches for Flux's
// own controllers, and instance what the Flux Operator installs them by. Without it, the units of all apps are shown.
func TestGolden(t *testing.T) {
	names := each(t, ".", func(t *testing.T, name string, archive *txtar.Archive) {
		rendering, findings := load(t, archive)
		require.NotNil(t, rendering, lines(findings))
		for _, f := range findings {
			require.NotEqual(t, finding.Error, f.Severity, f.String())
		}
		var show []string
		for line := range strings.Lines(string(archive.Comment)) {
			if rest, ok := strings.CutPrefix(line, "show: "); ok {
				show = append(show, strings.Fields(rest)...)
			}
		}
		if show == nil {
			for _, u := range rendering.Units {
				if len(u.Origin) > 1 && u.Origin[0] == "apps" {
					show = append(show, u.Dir)
				}
			}
		}
		var got []txtar.File
		if len(findings) > 0 {
			got = append(got, txtar.File{Name: "want: findings", Data: []byte(lines(findings))})
		}
		for _, s := range show {
			got = append(got, txtar.File{Name: "want: " + s, Data: shown(t, rendering.Set, s)})
		}
		compare(t, name, archive, got)
	})
	require.Greater(t, len(names), 25)
}

// shown is the YAML of one thing that a golden asks for.
func shown(t *testing.T, set *manifest.Set, what string) []byte {
	t.Helper()
	switch what {
	case "bootstrap":
		b, err := manifest.Marshal(set.Bootstrap)
		require.NoError(t, err)
		return b
	case "instance":
		require.Empty(t, set.Bootstrap)
		b, err := set.Instance.YAML()
		require.NoError(t, err)
		return b
	}
	dir, flux := strings.CutPrefix(what, "flux:")
	for _, u := range set.Units {
		if u.Dir != dir {
			continue
		}
		objects := u.Objects
		if flux {
			objects = []*manifest.Object{u.Flux}
		}
		var out []byte
		for i, o := range objects {
			y, err := o.YAML()
			require.NoError(t, err)
			if i > 0 {
				out = append(out, "---\n"...)
			}
			out = append(out, "# "+model.Path(o.Origin).String()+"\n"...)
			out = append(out, y...)
		}
		return out
	}
	require.Fail(t, "no unit "+dir)
	return nil
}
