package kyverno

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// flux is who sends the objects of a tree, to both.
const flux = "system:serviceaccount:flux-system:kustomize-controller"

func fluxGroups() []string {
	return []string{"system:serviceaccounts", "system:serviceaccounts:flux-system", "system:authenticated"}
}

// parity is what both are given.
type parity struct {
	policies, exceptions [][]byte
	// judged are the objects, and beside are others of the cluster. Both can be looked
	// up, unless alone is set: then each object is judged in a cluster of its own.
	judged, beside []map[string]any
	alone          bool
	// user sends the objects; flux without one.
	user string
}

// mutant changes what policies/admission is given, so that it must answer otherwise.
type mutant struct {
	policy    func(*admission.Policy)
	exception func(*admission.Exception)
	object    func(map[string]any)
	user      string
}

// tally counts what was compared, so that a run which compares nothing is noticed.
type tally struct {
	whole           map[string]int // verdicts of whole policies
	single          map[string]int // of one validation
	annotations     int
	later           int // validations that fail after the first
	differences     []string
	objects, silent int // silent are policies that are not about an object
	refused         int // policies and exceptions that neither takes
	// selectsNothing are the object selectors, by policy, that an object without labels
	// fits, and byEmptyObject counts for how many verdicts that mattered: Kyverno's engine
	// holds them against the old object too, and takes it for an empty one when there is
	// none. In a cluster the API server goes by the same selector, and for it there is
	// none: it does not ask Kyverno then. docs/policies.md tells of it.
	selectsNothing map[string]labels.Selector
	byEmptyObject  int
}

func newTally() *tally {
	return &tally{whole: map[string]int{}, single: map[string]int{}, selectsNothing: map[string]labels.Selector{}}
}

func (s *tally) String() string {
	return fmt.Sprintf("%d objects; whole policies: %v, and not about it %d; single validations: %v, %d of them after one that failed; %d annotations; %d policies and exceptions refused; %d verdicts differ by the old object",
		s.objects, s.whole, s.silent, s.single, s.later, s.annotations, s.refused, s.byEmptyObject)
}

// compare judges by both, and lists where they differ.
func (p parity) compare(t *testing.T) *tally {
	t.Helper()
	return p.ask(t).compare(t, mutant{})
}

// answers are what Kyverno's engine says.
type answers struct {
	parity
	rows    [][]Row // by object
	refused map[string]error
}

// ask asks the engine.
func (p parity) ask(t *testing.T) *answers {
	t.Helper()
	engine, refused, err := compileAll(p.policies, p.exceptions, slices.Concat(p.judged, p.beside))
	require.NoError(t, err)
	engine.User.Username, engine.User.Groups = flux, fluxGroups()
	if p.user != "" {
		engine.User.Username, engine.User.Groups = p.user, nil
	}
	out := &answers{parity: p, rows: make([][]Row, len(p.judged)), refused: refused}
	judge := func(i int) {
		var err error
		out.rows[i], err = engine.All(t.Context(), p.judged[i])
		if err != nil {
			t.Errorf("%s: %v", named(p.judged[i]), err)
		}
	}
	if p.alone {
		for i, o := range p.judged {
			require.NoError(t, engine.Hold(append(slices.Clone(p.beside), o)))
			judge(i)
		}
		return out
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(p.judged); i = int(next.Add(1)) - 1 {
				judge(i)
			}
		})
	}
	wait.Wait()
	return out
}

// compare holds our verdicts against the answers.
func (a *answers) compare(t *testing.T, change mutant) *tally {
	t.Helper()
	out := newTally()
	ours := a.evaluator(t, change, out)
	out.refused = len(a.refused)
	for _, b := range a.policies {
		policy, err := parse(b)
		require.NoError(t, err)
		selector, err := metav1.LabelSelectorAsSelector(policy.GetMatchConstraints().ObjectSelector)
		require.NoError(t, err)
		if selector.Matches(labels.Set{}) {
			out.selectsNothing[policy.GetName()] = selector
		}
	}
	var verdicts []map[string]*admission.Verdict
	if !a.alone {
		verdicts = ours(a.judged)
	}
	for i, o := range a.judged {
		if a.alone {
			verdicts = append(verdicts, ours([]map[string]any{o})...)
		}
		out.row(o, a.rows[i], verdicts[i])
	}
	slices.Sort(out.differences)
	return out
}

// evaluator compiles for policies/admission, where the same policies must be refused.
// What it returns gives the verdicts about objects, by object and policy.
func (a *answers) evaluator(t *testing.T, change mutant, out *tally) func([]map[string]any) []map[string]*admission.Verdict {
	t.Helper()
	var policies []*admission.Policy
	for _, b := range a.policies {
		one, err := admission.Parse(b)
		require.NoError(t, err)
		if change.policy != nil {
			change.policy(one)
		}
		policies = append(policies, one)
	}
	var exceptions []*admission.Exception
	refused := map[string]bool{}
	for _, b := range a.exceptions {
		var content object
		require.NoError(t, yaml.Unmarshal(b, &content))
		o := written([]object{content}, nil)[0]
		one, err := admission.ParseException(o)
		if err != nil {
			out.refuse(a.refused, o.Name, err)
			refused[o.Name] = true
			continue
		}
		if change.exception != nil {
			change.exception(one)
		}
		exceptions = append(exceptions, one)
	}
	evaluator, unasked, err := admission.NewEvaluator(policies)
	require.NoError(t, err)
	for _, u := range unasked {
		require.Empty(t, u.Outside, u.Policy.Name)
		out.refuse(a.refused, u.Policy.Name, u.Err)
		refused[u.Policy.Name] = true
	}
	for name, err := range a.refused {
		if !refused[name] {
			out.differences = append(out.differences, fmt.Sprintf("%s is refused by Kyverno alone: %v", name, err))
		}
	}
	return func(judged []map[string]any) []map[string]*admission.Verdict {
		objects := written(judged, change.object)
		world, err := admission.NewWorld(objects, written(a.beside, change.object))
		require.NoError(t, err)
		if user := cmp.Or(change.user, a.user); user != "" {
			world = world.By(user)
		}
		verdicts, unasked, err := evaluator.Ask(world, exceptions)
		require.NoError(t, err)
		require.Empty(t, unasked)
		at := map[*manifest.Object]int{}
		out := make([]map[string]*admission.Verdict, len(objects))
		for i, o := range objects {
			at[o], out[i] = i, map[string]*admission.Verdict{}
		}
		for _, v := range verdicts {
			require.Nil(t, out[at[v.Object]][v.Policy.Name], "two verdicts of %s", v.Policy.Name)
			out[at[v.Object]][v.Policy.Name] = v
		}
		return out
	}
}

// refuse notes that we refuse a policy or an exception; Kyverno must too.
func (s *tally) refuse(theirs map[string]error, name string, why error) {
	if theirs[name] == nil {
		s.differences = append(s.differences, fmt.Sprintf("%s is refused by us alone: %v", name, why))
	}
}

// written are objects as a tree holds them.
func written(all []map[string]any, change func(map[string]any)) []*manifest.Object {
	var out []*manifest.Object
	for _, content := range all {
		if change != nil {
			content = (&unstructured.Unstructured{Object: content}).DeepCopy().Object
			change(content)
		}
		u := &unstructured.Unstructured{Object: content}
		gvk := schema.FromAPIVersionAndKind(u.GetAPIVersion(), u.GetKind())
		out = append(out, &manifest.Object{
			ID:         manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: u.GetNamespace(), Name: u.GetName()},
			APIVersion: u.GetAPIVersion(), Value: content,
		})
	}
	return out
}

// row compares what both say of an object.
func (s *tally) row(o map[string]any, theirs []Row, ours map[string]*admission.Verdict) {
	s.objects++
	for _, r := range theirs {
		v := ours[r.Policy]
		got := whole(v)
		if r.Validation != Whole {
			got = single(v, r.Validation)
		}
		want := said{r.About, r.Verdict, r.First, r.Message}
		if r.Validation != Whole || r.Verdict != "fail" && r.Verdict != "error" {
			want.first = 0
		}
		want.message = inOurWords(want.message, max(r.Validation, r.First))
		if r.Verdict == "error" {
			want.message = "" // the engine does not say why
		}
		switch {
		case got == want:
		case s.selectsNothing[r.Policy] != nil && !got.about && !s.selectsNothing[r.Policy].Matches(labels.Set((&unstructured.Unstructured{Object: o}).GetLabels())):
			s.byEmptyObject++
		default:
			s.differences = append(s.differences, fmt.Sprintf("%s, validation %d of %s: Kyverno says %+v, we %+v", r.Policy, r.Validation, named(o), want, got))
		}
		switch {
		case r.Validation != Whole:
			if r.About {
				s.single[r.Verdict]++
			}
			if v != nil && r.Verdict == "fail" && whole(v).first < r.Validation {
				s.later++
			}
		case !r.About:
			s.silent++
		default:
			s.whole[r.Verdict]++
			if v != nil && (r.Verdict == "pass" || r.Verdict == "fail") && !maps.Equal(r.Annotations, v.Annotations) {
				s.differences = append(s.differences, fmt.Sprintf("%s of %s: Kyverno's annotations are %v, ours %v", r.Policy, named(o), r.Annotations, v.Annotations))
			}
			s.annotations += len(r.Annotations)
		}
	}
}

// inOurWords are Kyverno's messages that are no policy's own.
func inOurWords(message string, validation int) string {
	if why, ok := strings.CutPrefix(message, "failed to evaluate message expression: "); ok {
		return "its message cannot be told: " + strings.Join(strings.Fields(why), " ")
	}
	if strings.HasPrefix(message, "CEL expression validation failed at index ") {
		return fmt.Sprintf("validation %d does not hold", validation)
	}
	return message
}

// said is a verdict, in a form to compare.
type said struct {
	about   bool
	verdict string
	first   int
	message string
}

// whole is what Kyverno would say of the policy as it stands: what the first
// validation that does not hold says.
func whole(v *admission.Verdict) said {
	if v == nil {
		return said{verdict: Skip}
	}
	for i, r := range v.Results {
		switch {
		case r.Outcome == admission.Fail && v.Err != nil: // an annotation cannot be told
			return said{about: true, verdict: string(v.Outcome), first: i}
		case r.Outcome == admission.Fail || r.Outcome == admission.Error:
			return said{true, string(r.Outcome), i, r.Message}
		}
	}
	return said{about: true, verdict: string(v.Outcome)}
}

// single is what one validation says.
func single(v *admission.Verdict, i int) said {
	switch {
	case v == nil:
		return said{verdict: Skip}
	case v.Err != nil || len(v.Results) == 0:
		return said{about: true, verdict: string(v.Outcome)}
	}
	return said{true, string(v.Results[i].Outcome), 0, v.Results[i].Message}
}

func named(o map[string]any) string {
	b, err := json.Marshal(o)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// some are a few of the differences, of several policies.
func (s *tally) some() []string {
	shown := map[string]int{}
	return slices.DeleteFunc(slices.Clone(s.differences), func(d string) bool {
		policy, _, _ := strings.Cut(d, " ")
		shown[policy]++
		return shown[policy] > 1 || len(shown) > 20
	})
}

// agree fails the test where the two differ.
func agree(t *testing.T, s *tally) {
	t.Helper()
	t.Log(s)
	if n := len(s.differences); n > 0 {
		t.Error(errors.New(fmt.Sprintf("%d differences:\n", n) + strings.Join(s.some(), "\n")))
	}
}

// TestFixtures holds our verdicts on the objects of the library, each in a cluster of
// its own, against the engine's.
func TestFixtures(t *testing.T) {
	folders, namespaces := library(t)
	all := newTally()
	for _, f := range folders {
		p := parity{policies: [][]byte{f.Policy}, beside: slices.Concat(namespaces, f.Context), alone: true}
		for _, c := range slices.Concat(f.Good, f.Bad) {
			p.judged = append(p.judged, c.Object)
		}
		for _, user := range []string{"", "system:serviceaccount:agents:agent"} {
			p.user = user
			all.add(p.compare(t))
		}
	}
	agree(t, all)
	require.Greater(t, all.single["fail"], 300)
	require.Greater(t, all.single["pass"], 500)
}

// add adds up two tallies.
func (s *tally) add(other *tally) {
	for name, n := range other.whole {
		s.whole[name] += n
	}
	for name, n := range other.single {
		s.single[name] += n
	}
	s.objects, s.silent, s.annotations, s.later = s.objects+other.objects, s.silent+other.silent, s.annotations+other.annotations, s.later+other.later
	s.refused, s.byEmptyObject = s.refused+other.refused, s.byEmptyObject+other.byEmptyObject
	s.differences = append(s.differences, other.differences...)
}
