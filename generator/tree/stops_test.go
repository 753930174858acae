package tree

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

// runGit runs git in dir, away from the user's configuration.
func runGit(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@a.example", "-c", "core.excludesFile="}, args...)...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Run(), "%s", &stderr)
}

const (
	inApp  = "flux-system/turingpi/home/mosquitto/app/kustomization.yaml"
	sealed = "flux-system/turingpi/home/mosquitto/app/mosquitto.sops.yaml"
	gotkAt = "flux-system/turingpi/flux-system/gotk-sync.yaml"
)

// stoppable is a tree with all kinds of files.
func stoppable() []Tree {
	return append(tree(file(app, "a: 1\n"), file(inApp, "resources: []\n"), file(ks, "b: 1\n"), file(sealed, "c: 1\n"),
		File{Path: gotkAt, Content: []byte(placeholder), Once: true}), Tree{Files: []File{file(sopsFile, "d: 1\n")}})
}

// TestStops puts beside rendered files, and above them, what keeps them from Flux
// and what does not, at the work tree's top and two directories below it. A write
// refuses what a check finds, and changes nothing.
func TestStops(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string]string // from the repository
		above map[string]string // from the work tree's top, two above
		want  []string
	}{
		"nothing":                           {},
		"a second kustomization":            {files: map[string]string{strings.Replace(inApp, ".yaml", ".yml", 1): "resources: []\n"}, want: []string{"tree/second-kustomization " + strings.Replace(inApp, ".yaml", ".yml", 1)}},
		"another second one":                {files: map[string]string{filepath.Dir(inApp) + "/Kustomization": ""}, want: []string{"tree/second-kustomization " + filepath.Dir(inApp) + "/Kustomization"}},
		"a kustomization of one's own":      {files: map[string]string{"flux-system/turingpi/mine/kustomization.yml": "", filepath.Dir(ks) + "/Kustomization": ""}},
		"a directory of that name":          {files: map[string]string{filepath.Dir(inApp) + "/Kustomization/x": ""}},
		"a sealed second one is stale":      {files: map[string]string{filepath.Dir(inApp) + "/kustomization.yml": string(Seal(file("x", "x: 1\n")))}, want: []string{"tree/drift " + filepath.Dir(inApp) + "/kustomization.yml"}},
		"an edited second one":              {files: map[string]string{filepath.Dir(inApp) + "/kustomization.yml": string(Seal(file("x", "x: 1\n"))) + "y: 1\n"}, want: []string{"tree/edited-file " + filepath.Dir(inApp) + "/kustomization.yml", "tree/second-kustomization " + filepath.Dir(inApp) + "/kustomization.yml"}},
		"Flux ignores all":                  {files: map[string]string{".sourceignore": "# all\n*\n"}, want: []string{"tree/sourceignore .sourceignore:2"}},
		"Flux ignores all, and not ours":    {files: map[string]string{".sourceignore": "/*\n!/flux-system/\n"}},
		"Flux ignores others":               {files: map[string]string{".sourceignore": "/docs/\n*.md\n"}},
		"Flux ignores others beside ours":   {files: map[string]string{"flux-system/turingpi/.sourceignore": "*.md\n"}, want: []string{"tree/sourceignore flux-system/turingpi/.sourceignore:1"}},
		"no pattern beside ours":            {files: map[string]string{"flux-system/turingpi/.sourceignore": "# nothing\n\n!*.yaml\n"}},
		"between":                           {files: map[string]string{"flux-system/.sourceignore": "*.md\n/arrakeen/\n"}},
		"between, ours":                     {files: map[string]string{"flux-system/.sourceignore": "*.md\r\n/turingpi/home\r\n"}, want: []string{"tree/sourceignore flux-system/.sourceignore:2"}},
		"Flux ignores one":                  {files: map[string]string{filepath.Dir(app) + "/.sourceignore": "deployment.yaml\n"}, want: []string{"tree/sourceignore " + filepath.Dir(app) + "/.sourceignore:1"}},
		"beside foreign files only":         {files: map[string]string{"flux-system/turingpi/mine/.sourceignore": "*\n", "flux-system/turingpi/mine/x": ""}},
		"secrets are taken back":            {files: map[string]string{".sourceignore": "*.sops.yaml\n", "flux-system/turingpi/.sourceignore": "!*.sops.yaml\n"}},
		"Flux ignores secrets":              {files: map[string]string{".sourceignore": "# a\n*.sops.yaml\n*.md\n"}, want: []string{"tree/sourceignore .sourceignore:2"}},
		"git ignores secrets":               {files: map[string]string{".gitignore": "\n*.sops.yaml\n"}, want: []string{"tree/gitignore .gitignore:2"}},
		"git ignores secrets, and not ours": {files: map[string]string{".gitignore": "*.sops.yaml\n!*.sops.yaml\n"}},
		"git ignores the tree":              {files: map[string]string{".gitignore": "flux-system/\n", "flux-system/.gitignore": "!*\n"}, want: []string{"tree/gitignore .gitignore:1"}},
		"git ignores one":                   {files: map[string]string{filepath.Dir(app) + "/.gitignore": "deployment.yaml\n"}, want: []string{"tree/gitignore " + filepath.Dir(app) + "/.gitignore:1"}},
		"git ignores others":                {files: map[string]string{".gitignore": "/.stillsuit/\n*.tmp\nout/\n*.md\n"}},
		"Flux ignores ours, from above":     {above: map[string]string{".sourceignore": "/infra/repo/flux-system/\n/infra/other\n"}, want: []string{"tree/sourceignore ../../.sourceignore:1"}},
		"Flux ignores another, from above":  {above: map[string]string{".sourceignore": "/flux-system/\n/infra/flux-system\n"}},
		"git ignores ours, from above":      {above: map[string]string{"infra/.gitignore": "/repo/flux-system/turingpi/home\n"}, want: []string{"tree/gitignore ../.gitignore:1"}},
		"git ignores all of it, from above": {above: map[string]string{"infra/.gitignore": "/repo/\n"}},
		"a scratch directory, for Flux too": {above: map[string]string{".gitignore": "/infra/\n", ".sourceignore": "/infra/\n"}},
		"git ignores ours, unshared":        {above: map[string]string{".git/info/exclude": "flux-system\n"}, want: []string{"tree/gitignore .git/info/exclude:1"}},
	} {
		for where, below := range map[string]string{"without git": ".", "at the top": ".", "below": "infra/repo"} {
			if where != "below" && tc.above != nil {
				continue
			}
			t.Run(name+", "+where, func(t *testing.T) {
				top := scratch(t)
				repo := filepath.Join(top, below)
				require.NoError(t, os.MkdirAll(repo, 0o755))
				if where != "without git" {
					runGit(t, top, "init", "-q")
				}
				root := openRoot(t, repo)
				must(t, quick(nil), root, stoppable(), nil)
				for p, content := range tc.files {
					put(t, repo, p, content)
				}
				for p, content := range tc.above {
					put(t, top, p, content)
				}
				before := snapshot(t, repo)
				fs, err := Verify(root, stoppable())
				require.NoError(t, err)
				require.Equal(t, tc.want, placed(fs))
				_, fs, err = Write(root, stoppable(), nil)
				require.NoError(t, err)
				if name == "a sealed second one is stale" {
					require.Empty(t, fs)
					return
				}
				require.Equal(t, tc.want, placed(fs))
				require.Equal(t, before, snapshot(t, repo))

				// What is tracked is no longer ignored.
				if strings.HasPrefix(name, "git ignores") && where != "without git" {
					runGit(t, repo, "add", "-Af", "flux-system", sopsFile)
					fs, err = Verify(root, stoppable())
					require.NoError(t, err)
					require.Empty(t, placed(fs))
				}
			})
		}
	}
}

// placed is code and place of findings.
func placed(fs []finding.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, string(f.Code)+" "+f.Place.String())
	}
	return out
}

// Without the guard a check passes and a write goes on beside each of the three.
func TestStopsWithoutTheGuard(t *testing.T) {
	for name, content := range map[string]string{
		filepath.Dir(inApp) + "/Kustomization": "resources: []\n",
		"flux-system/turingpi/.sourceignore":   "*\n",
		".gitignore":                           "flux-system/\n",
	} {
		repo := scratch(t)
		runGit(t, repo, "init", "-q")
		root := openRoot(t, repo)
		must(t, quick(nil), root, stoppable(), nil)
		put(t, repo, name, content)
		w := newWriter()
		fs, err := w.verify(root, stoppable())
		require.NoError(t, err)
		require.NotEmpty(t, fs, name)
		w.stops = func(*os.Root, []Tree, []drift) ([]finding.Finding, error) { return nil, nil }
		fs, err = w.verify(root, stoppable())
		require.NoError(t, err)
		require.Empty(t, fs, name)
		_, fs, err = w.write(root, stoppable(), nil)
		require.NoError(t, err)
		require.Empty(t, fs, name)
	}
}

// One pattern is one finding, whatever it excludes, and what its fix says works.
func TestStopMessages(t *testing.T) {
	repo := scratch(t)
	runGit(t, repo, "init", "-q")
	root := openRoot(t, repo)
	must(t, quick(nil), root, stoppable(), nil)
	put(t, repo, ".gitignore", "*.yaml\n")
	put(t, repo, ".sourceignore", "ks.yaml\n*.yaml\n!deployment.yaml\n")
	put(t, repo, "flux-system/turingpi/.sourceignore", "*.zip\n")
	put(t, repo, filepath.Dir(inApp)+"/Kustomization", "")
	fs, err := Verify(root, append(stoppable(), Tree{Owned: []string{"flux-system/turingpi"}, Files: []File{}}))
	require.NoError(t, err)
	var lines []string
	for _, f := range fs {
		lines = append(lines, f.String())
	}
	require.Equal(t, []string{
		`.gitignore:1: error: the pattern "*.yaml" has git ignore .sops.yaml and 5 more, so Flux never sees them. Remove the line, or add a pattern that starts with ! for the rendered files below it. [tree/gitignore]`,
		`.sourceignore:2: error: the pattern "*.yaml" has Flux leave out flux-system/turingpi/flux-system/gotk-sync.yaml and 3 more. Remove the line, or add a pattern that starts with ! for the rendered files below it. [tree/sourceignore]`,
		`flux-system/turingpi/.sourceignore:1: error: the pattern "*.zip" stands among rendered files, and turns off what Flux excludes by default in the whole repository. Delete flux-system/turingpi/.sourceignore, or move it to the repository's root. [tree/sourceignore]`,
		filepath.Dir(inApp) + `/Kustomization: error: ` + filepath.Dir(inApp) + `/Kustomization is a second kustomization beside ` + inApp + `. Kustomize builds no directory that has two. Delete it, and declare what it adds in the cluster's CUE. [tree/second-kustomization]`,
	}, lines)

	// Flux's defaults, which any pattern turns off.
	for _, p := range []string{".gitignore", ".sourceignore", "flux-system/turingpi/.sourceignore", filepath.Dir(inApp) + "/Kustomization"} {
		require.NoError(t, os.Remove(filepath.Join(repo, p)))
	}
	build := "flux-system/turingpi/home/mosquitto/app/cloudbuild.yaml"
	trees := tree(file(build, "a: 1\n"))
	must(t, quick(nil), root, nil, nil)
	_, fs, err = Write(root, trees, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"tree/sourceignore " + build}, placed(fs))
	put(t, repo, ".sourceignore", "*.jpg\n")
	must(t, quick(nil), root, trees, nil)
}

// An ignore file that cannot be read is an error that names it.
func TestUnreadableIgnoreFiles(t *testing.T) {
	for _, name := range []string{".gitignore", ".sourceignore", "flux-system/turingpi/.gitignore", "flux-system/turingpi/home/.sourceignore"} {
		repo := scratch(t)
		root := openRoot(t, repo)
		must(t, quick(nil), root, stoppable(), nil)
		put(t, repo, name+"/x", "")
		_, err := Verify(root, stoppable())
		require.ErrorContains(t, err, "read "+name+": ")
		_, _, err = Write(root, stoppable(), nil)
		require.ErrorContains(t, err, "read "+name+": ")
	}
}
