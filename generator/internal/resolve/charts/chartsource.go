package charts

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/internal/resolve/scope"
)

// OCIScheme begins the addresses of charts in registries.
const OCIScheme = "oci://"

// chartOrigin is where a chart comes from, and which one it is.
type chartOrigin struct {
	Repository string // in a registry, without a scheme
	Version    string
	Digest     string
}

// chartSource reads where a chart comes from. It returns false when that is not
// said, or said twice, or no exact version, which it has then reported.
func (r Charts) chartSource(c *scope.Chart) (chartOrigin, bool) {
	at := c.At.Join("chart")
	reference, oci := strings.CutPrefix(c.Declared.Chart, OCIScheme)
	var said []string
	for form, is := range map[string]bool{"oci:// in chart": oci, "repo": c.Declared.Repo != "", "git": c.Declared.Git != ""} {
		if is {
			said = append(said, form)
		}
	}
	switch {
	case len(said) != 1 || c.Declared.Chart == "":
		fact := fmt.Sprintf("chart %s says %s", c.Owner, finding.AllSorted(said))
		if len(said) == 0 {
			fact = fmt.Sprintf("chart %s does not say where it comes from", c.Owner)
		} else if len(said) == 1 {
			fact = fmt.Sprintf("chart %s says no chart", c.Owner)
		}
		r.Error(c.At, "chart/source", fact, "a chart is one of chart: \"oci://registry/path:version\"; repo, chart and version; or git, chart and version", "write one of them")
		return chartOrigin{}, false
	case oci && c.Declared.Version != "":
		r.Error(c.At.Join("version"), "chart/source", fmt.Sprintf("chart %s says a version of its own", c.Owner), "the version of a chart from a registry stands in its reference", "remove it")
		return chartOrigin{}, false
	case oci:
		return r.registryChart(c, reference)
	case c.Declared.Git != "" && (path.IsAbs(c.Declared.Chart) || path.Clean(c.Declared.Chart) != c.Declared.Chart || strings.HasPrefix(c.Declared.Chart, "..")):
		r.Error(at, "chart/source", fmt.Sprintf("%q is no directory of a repository", c.Declared.Chart), "it starts at the top of the repository, and holds no . or ..", `write it like deploy/chart`)
		return chartOrigin{}, false
	}
	if c.Declared.Version == "" {
		r.Error(c.At, "chart/version", fmt.Sprintf("chart %s has no version", c.Owner), "without one the newest would be installed, whatever it is that day", `add version: "1.2.3"`)
		return chartOrigin{}, false
	}
	return chartOrigin{Version: c.Declared.Version}, r.exact(c, "version", c.Declared.Version)
}

// registryChart reads registry/path:version, perhaps with a digest behind it.
func (r Charts) registryChart(c *scope.Chart, reference string) (chartOrigin, bool) {
	at := c.At.Join("chart")
	ref, err := image.ParseFull(reference)
	tag, digest, _ := strings.Cut(reference, "@")
	switch {
	case errors.Is(err, image.ErrDigest):
		r.Error(at, "chart/source", fmt.Sprintf("%s is no digest", quoted(digest)), "a digest is sha256: and 64 hexadecimal digits", "remove it")
		return chartOrigin{}, false
	case err != nil:
		if _, untagged := name.NewRepository(tag, name.StrictValidation); untagged == nil {
			r.Error(at, "chart/version", fmt.Sprintf("%s names no version", quoted(c.Declared.Chart)), "without one the newest would be installed, whatever it is that day", "write it behind a colon: "+OCIScheme+tag+":1.2.3")
			return chartOrigin{}, false
		}
		r.Error(at, "chart/source", fmt.Sprintf("%s is no reference to a chart", quoted(c.Declared.Chart)), "it takes a registry, a path and a version", "write it like oci://ghcr.io/owner/charts/name:1.2.3")
		return chartOrigin{}, false
	}
	r.Allowed(at, ref)
	return chartOrigin{Repository: strings.TrimSuffix(tag, ":"+ref.Tag), Version: ref.Tag, Digest: digest}, r.exact(c, "chart", ref.Tag)
}

// exactVersion is a semantic version (semver.org), with a v or without. Registries
// take no plus sign in a tag, so Helm writes an underscore.
var exactVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?([+_][0-9A-Za-z.-]+)?$`)

// exact reports a version that more than one chart can have.
func (r Charts) exact(c *scope.Chart, field, version string) bool {
	if exactVersion.MatchString(version) {
		return true
	}
	r.Error(c.At.Join(field), "chart/version", fmt.Sprintf("chart %s is of version %s", c.Owner, quoted(version)), "only a version with all three numbers is the same chart tomorrow", `write it out, like 1.2.3`)
	return false
}
