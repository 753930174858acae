package kyverno

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/policies/library/fixture"
)

// libraryDir is where the policies lie.
const libraryDir = "../../../policies/library"

// TestCLI has the Kyverno CLI run the test beside each policy.
func TestCLI(t *testing.T) {
	tests, err := exec.Command("go", "tool", "kubectl-kyverno", "test", libraryDir, "--detailed-results", "--remove-color").CombinedOutput()
	require.NoError(t, err, string(tests))
	folders, err := fixture.Read(os.DirFS(libraryDir))
	require.NoError(t, err)
	require.Equal(t, len(folders), strings.Count(string(tests), "Loading test"))
	require.Contains(t, string(tests), " tests passed and 0 tests failed")
}

// ours is what `stillsuit policy test` says at the end.
var ours = regexp.MustCompile(`(?m)^(\d+) tests?, \d+ results?: (\d+) as expected, (\d+) not$`)

// rows are the results in the Kyverno CLI's tables that were as expected and that were
// not, as policy namespace/name. What it calls excluded is no result: it says so of each
// form of a policy that is about other kinds, whatever is expected.
func rows(output string) (met, missed []string) {
	for line := range strings.Lines(output) {
		cells := strings.Split(line, "│")
		if len(cells) < 8 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		parts := strings.Split(cells[4], "/")
		if cells[6] == "Excluded" || len(parts) < 4 {
			continue
		}
		row := cells[2] + " " + strings.TrimPrefix(strings.Join(parts[len(parts)-2:], "/"), "/")
		if cells[5] == "Pass" {
			met = append(met, row)
		} else {
			missed = append(missed, row)
		}
	}
	slices.Sort(missed)
	return met, missed
}

// missed are the results that `stillsuit policy test` says are not as expected.
func missed(output string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`policy (\S+) must say \S+ of \S+ (\S+)\. `).FindAllStringSubmatch(output, -1) {
		out = append(out, m[1]+" "+m[2])
	}
	slices.Sort(out)
	return out
}

// command builds stillsuit: its command line has packages that this module does not know.
func command(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stillsuit")
	build := exec.Command("go", "build", "-o", file, "./cmd/stillsuit")
	build.Dir = "../../.."
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	return file
}

// TestPolicyTest has the Kyverno CLI and `stillsuit policy test` run the same tests:
// those of the library, and the same with each result changed.
func TestPolicyTest(t *testing.T) {
	stillsuit := command(t)
	for name, change := range map[string]*strings.Replacer{
		"as they are": strings.NewReplacer(),
		"changed":     strings.NewReplacer("result: pass", "result: fail", "result: fail", "result: skip", "result: skip", "result: pass"),
	} {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS(libraryDir)))
		files, err := filepath.Glob(filepath.Join(dir, "*", "kyverno-test.yaml"))
		require.NoError(t, err)
		for _, file := range files {
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, []byte(change.Replace(string(b))), 0o644))
		}
		// Both fail where a result is not as expected.
		out, _ := exec.Command("go", "tool", "kubectl-kyverno", "test", dir, "--remove-color").CombinedOutput()
		theirsMet, theirsMissed := rows(string(out))
		out, _ = exec.Command(stillsuit, "policy", "test", dir).CombinedOutput()
		said := ours.FindStringSubmatch(string(out))
		require.NotNil(t, said, string(out))
		require.Equal(t, []string{strconv.Itoa(len(files)), strconv.Itoa(len(theirsMet)), strconv.Itoa(len(theirsMissed))}, said[1:], name)
		require.Equal(t, theirsMissed, missed(string(out)), name)
		t.Logf("%s: %s results as expected and %s not, by both", name, said[2], said[3])
	}
}

// TestKyvernosOwnTests runs what Kyverno's own suites have of ValidatingPolicies. They
// hold with its CLI; what `stillsuit policy test` does not understand it must say.
func TestKyvernosOwnTests(t *testing.T) {
	stillsuit := command(t)
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/kyverno/kyverno").Output()
	require.NoError(t, err)
	ran, refused := 0, 0
	require.NoError(t, filepath.WalkDir(filepath.Join(strings.TrimSpace(string(dir)), "test", "cli"), func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.Name() != "kyverno-test.yaml" {
			return err
		}
		out, err := exec.Command(stillsuit, "policy", "test", filepath.Dir(file)).CombinedOutput()
		switch said := ours.FindStringSubmatch(string(out)); {
		case said == nil:
			t.Error(string(out))
		case said[2] == "0":
			require.Error(t, err, file)
			refused++
		default:
			require.NoError(t, err, string(out))
			ran++
		}
		return nil
	}))
	require.GreaterOrEqual(t, ran, 8)
	t.Logf("%d tests are understood, and all as expected; %d are refused", ran, refused)
}

// TestEngine judges each object of the library by its policy. The CLI counts an object
// that no rule matched as passed whatever is expected of it, and knows of the first
// validation that fails only.
func TestEngine(t *testing.T) {
	folders, namespaces := library(t)
	total := 0
	for _, f := range folders {
		judged, wrong := judge(t, f, f.Policy, namespaces)
		require.Empty(t, wrong, f.Name)
		total += judged
	}
	require.Greater(t, total, 500)
	t.Logf("%d policies, %d verdicts", len(folders), total)
}

// TestMutants weakens and tightens each validation of each policy, one at a time. The
// objects beside it must tell.
func TestMutants(t *testing.T) {
	folders, namespaces := library(t)
	for _, f := range folders {
		p := &policiesv1.ValidatingPolicy{}
		require.NoError(t, yaml.UnmarshalStrict(f.Policy, p))
		for i := range p.Spec.Validations {
			for _, always := range []string{"true", "false"} {
				mutant := p.DeepCopy()
				mutant.Spec.Validations[i].Expression = always
				b, err := yaml.Marshal(mutant)
				require.NoError(t, err)
				_, wrong := judge(t, f, b, namespaces)
				require.NotEmpty(t, wrong, "%s: nobody notices that validation %d is always %s", f.Name, i, always)
			}
		}
	}
}

// TestFluxIsExempt has Flux create what the workspace of an agent may not have: the
// owner's own app in it has a host of the owner's.
func TestFluxIsExempt(t *testing.T) {
	folders, namespaces := library(t)
	i := slices.IndexFunc(folders, func(f fixture.Folder) bool { return f.Name == "workspace-hosts" })
	engine, err := New([][]byte{folders[i].Policy}, nil, namespaces)
	require.NoError(t, err)
	for user, verdict := range map[string]string{
		"system:serviceaccount:flux-system:kustomize-controller": Skip,
		"system:serviceaccount:flux-system:helm-controller":      Skip,
		"system:serviceaccount:agents:agent":                     "fail",
	} {
		engine.User.Username = user
		for _, c := range folders[i].Bad {
			rows, err := engine.Judge(t.Context(), c.Object)
			require.NoError(t, err)
			require.Equal(t, verdict, rows[c.Fails[0]].Verdict, user)
		}
	}
}

// TestParameters gives each parameter no values: a cluster may have no domain, no agent
// and no tunnel. Then the policy still says yes or no.
func TestParameters(t *testing.T) {
	folders, namespaces := library(t)
	emptied := 0
	for _, f := range folders {
		p := &policiesv1.ValidatingPolicy{}
		require.NoError(t, yaml.UnmarshalStrict(f.Policy, p))
		params := strings.Split(p.Annotations["policies.stillsuit.dev/params"], ", ")
		for i, v := range p.Spec.Variables {
			if slices.Contains(params, v.Name) {
				p.Spec.Variables[i].Expression = map[byte]string{'[': "[]", '{': "{}"}[v.Expression[0]]
				emptied++
			}
		}
		b, err := yaml.Marshal(p)
		require.NoError(t, err)
		engine, err := New([][]byte{b}, nil, slices.Concat(namespaces, f.Context))
		require.NoError(t, err, f.Name)
		_, err = compile(p)
		require.True(t, err == nil || p.Annotations["policies.stillsuit.dev/where"] == "ci", "%s: %v", f.Name, err)
		for _, c := range slices.Concat(f.Good, f.Bad) {
			rows, err := engine.Judge(t.Context(), c.Object)
			require.NoError(t, err)
			for _, row := range rows {
				require.NotEqual(t, "error", row.Verdict, "%s: %s", f.Name, row.Message)
			}
		}
	}
	require.Greater(t, emptied, 10)
}

func library(t *testing.T) ([]fixture.Folder, []map[string]any) {
	t.Helper()
	folders, err := fixture.Read(os.DirFS(libraryDir))
	require.NoError(t, err)
	namespaces, err := fixture.Objects(os.DirFS(libraryDir), "namespaces.yaml")
	require.NoError(t, err)
	return folders, namespaces
}

// judge asks a policy about the objects of a folder. It gives how many verdicts there
// were, and those that are not as the objects say.
func judge(t *testing.T, f fixture.Folder, policy []byte, namespaces []map[string]any) (judged int, wrong []string) {
	t.Helper()
	engine, err := New([][]byte{policy}, nil, slices.Concat(namespaces, f.Context))
	require.NoError(t, err)
	for _, c := range slices.Concat(f.Good, f.Bad) {
		rows, err := engine.Judge(t.Context(), c.Object)
		require.NoError(t, err)
		require.NotEmpty(t, rows)
		for _, row := range rows {
			judged++
			want := "pass"
			if c.Skipped != "" {
				want = Skip
			} else if slices.Contains(c.Fails, row.Validation) {
				want = "fail"
			}
			if row.Verdict != want || want == "fail" && (row.Message == "" || strings.Contains(row.Message, "failed to")) {
				name := (&unstructured.Unstructured{Object: c.Object}).GetName()
				wrong = append(wrong, fmt.Sprintf("%s, validation %d: %s instead of %s: %s", name, row.Validation, row.Verdict, want, row.Message))
			}
		}
	}
	return judged, wrong
}
