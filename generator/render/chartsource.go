package render

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"stillsuit.dev/generator/image"
)

const ociScheme = "oci://"

// chartOrigin is where a chart comes from, and which one it is.
type chartOrigin struct {
	repository string // in a registry, without a scheme
	version    string
	digest     string
}

// chartSource reads where a chart comes from. It returns false when that is not
// said, or said twice, or no exact version, which it has then reported.
func (r charts) chartSource(c *chart) (chartOrigin, bool) {
	at := c.at.Join("chart")
	reference, oci := strings.CutPrefix(c.Chart.Chart, ociScheme)
	var said []string
	for form, is := range map[string]bool{"oci:// in chart": oci, "repo": c.Repo != "", "git": c.Git != ""} {
		if is {
			said = append(said, form)
		}
	}
	switch {
	case len(said) != 1 || c.Chart.Chart == "":
		fact := fmt.Sprintf("chart %s says %s", c.owner, all(said))
		if len(said) == 0 {
			fact = fmt.Sprintf("chart %s does not say where it comes from", c.owner)
		} else if len(said) == 1 {
			fact = fmt.Sprintf("chart %s says no chart", c.owner)
		}
		r.Error(c.at, "chart/source", fact, "a chart is one of chart: \"oci://registry/path:version\"; repo, chart and version; or git, chart and version", "write one of them")
		return chartOrigin{}, false
	case oci && c.Version != "":
		r.Error(c.at.Join("version"), "chart/source", fmt.Sprintf("chart %s says a version of its own", c.owner), "the version of a chart from a registry stands in its reference", "remove it")
		return chartOrigin{}, false
	case oci:
		return r.registryChart(c, reference)
	case c.Git != "" && (path.IsAbs(c.Chart.Chart) || path.Clean(c.Chart.Chart) != c.Chart.Chart || strings.HasPrefix(c.Chart.Chart, "..")):
		r.Error(at, "chart/source", fmt.Sprintf("%q is no directory of a repository", c.Chart.Chart), "it starts at the top of the repository, and holds no . or ..", `write it like deploy/chart`)
		return chartOrigin{}, false
	}
	if c.Version == "" {
		r.Error(c.at, "chart/version", fmt.Sprintf("chart %s has no version", c.owner), "without one the newest would be installed, whatever it is that day", `add version: "1.2.3"`)
		return chartOrigin{}, false
	}
	return chartOrigin{version: c.Version}, r.exact(c, "version", c.Version)
}

// registryChart reads registry/path:version, perhaps with a digest behind it.
func (r charts) registryChart(c *chart, reference string) (chartOrigin, bool) {
	at := c.at.Join("chart")
	ref, err := image.ParseFull(reference)
	tag, digest, _ := strings.Cut(reference, "@")
	switch {
	case errors.Is(err, image.ErrDigest):
		r.Error(at, "chart/source", fmt.Sprintf("%s is no digest", quoted(digest)), "a digest is sha256: and 64 hexadecimal digits", "remove it")
		return chartOrigin{}, false
	case err != nil:
		if _, untagged := name.NewRepository(tag, name.StrictValidation); untagged == nil {
			r.Error(at, "chart/version", fmt.Sprintf("%s names no version", quoted(c.Chart.Chart)), "without one the newest would be installed, whatever it is that day", "write it behind a colon: "+ociScheme+tag+":1.2.3")
			return chartOrigin{}, false
		}
		r.Error(at, "chart/source", fmt.Sprintf("%s is no reference to a chart", quoted(c.Chart.Chart)), "it takes a registry, a path and a version", "write it like oci://ghcr.io/owner/charts/name:1.2.3")
		return chartOrigin{}, false
	}
	r.allowed(at, ref)
	return chartOrigin{repository: strings.TrimSuffix(tag, ":"+ref.Tag), version: ref.Tag, digest: digest}, r.exact(c, "chart", ref.Tag)
}

// exactVersion is a semantic version (semver.org), with a v or without. Registries
// take no plus sign in a tag, so Helm writes an underscore.
var exactVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?([+_][0-9A-Za-z.-]+)?$`)

// exact reports a version that more than one chart can have.
func (r charts) exact(c *chart, field, version string) bool {
	if exactVersion.MatchString(version) {
		return true
	}
	r.Error(c.at.Join(field), "chart/version", fmt.Sprintf("chart %s is of version %s", c.owner, quoted(version)), "only a version with all three numbers is the same chart tomorrow", `write it out, like 1.2.3`)
	return false
}
