package admission

import (
	"maps"
	"os"
	"strings"
	"testing"

	kyvernohttp "github.com/kyverno/sdk/extensions/cel/libs/http"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission/internal/refusal"
)

// TestRefusals evaluates what leaves the tree although nothing lets it get so far: the
// second guard refuses too. The same expressions with the HTTP client of Kyverno's own
// do call.
func TestRefusals(t *testing.T) {
	port, calls := Listener(t)
	b, err := os.ReadFile("testdata/hostile.txt")
	require.NoError(t, err)
	env, err := newEnvironment("")
	require.NoError(t, err)
	world, err := NewWorld([]*manifest.Object{{ID: manifest.ID{Kind: "ConfigMap", Namespace: "home", Name: "one"}, APIVersion: "v1", Value: map[string]any{"kind": "ConfigMap", "metadata": map[string]any{"name": "one"}}}}, nil)
	require.NoError(t, err)
	evaluate := func(expression string, with map[string]any) error {
		checked, issues := env.Compile(strings.ReplaceAll(expression, "PORT", port))
		require.NoError(t, issues.Err())
		require.NotEmpty(t, outside(checked))
		run, err := env.Program(checked)
		require.NoError(t, err)
		q := &question{world: world, object: world.objects[0]}
		data := q.given()
		maps.Copy(data, with)
		_, _, err = run.Eval(data)
		return err
	}
	refused, others := 0, map[string]string{}
	for line := range strings.Lines(string(b)) {
		name, expression, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		switch err := evaluate(expression, nil); {
		case err == nil:
			others[name] = ""
		case strings.Contains(err.Error(), refusal.Err.Error()):
			refused++
		default:
			others[name] = err.Error()
		}
	}
	require.Zero(t, calls.Load())
	require.Equal(t, map[string]string{
		"http-absorbed": "", "http-dead": "", // true whatever the answer
		"http-made": others["http-made"],                  // a client of nobody's
		"chance":    "", "chance-shaped": "", "clock": "", // refused for another reason
	}, others)
	require.Equal(t, 24, refused)

	real, err := kyvernohttp.NewHTTPWithBlocklist(nil, nil)
	require.NoError(t, err)
	client := map[string]any{"http": kyvernohttp.Context{ContextInterface: real}}
	require.Error(t, evaluate(`http.Get("http://127.0.0.1:PORT/").ok == true`, client))
	require.Positive(t, calls.Load())
}

// TestWhatAnExpressionAsks says it in words.
func TestWhatAnExpressionAsks(t *testing.T) {
	env, err := newEnvironment("")
	require.NoError(t, err)
	asked := func(expression string) string {
		checked, issues := env.Compile(expression)
		require.NoError(t, issues.Err())
		return outside(checked)
	}
	require.Equal(t, "the API server (resource.Post) and the clock (time.now)", asked(`time.now() != time.now() || resource.Post("v1", "pods", {}) == resource.Post("v1", "pods", {})`))
	require.Empty(t, asked(`resource.List("v1", "pods", "").size() == 0 && [1].all(http, http == 1)`))
}
