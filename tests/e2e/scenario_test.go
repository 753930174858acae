package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	nodev1 "k8s.io/api/node/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"stillsuit.dev/checks/access"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/tests/e2e/rig"
)

const repository = "../.."

// third is a repository of its own, whose cluster home is K3s as it comes.
const third = "../third"

// patience is how long the controllers may take to bring a revision to every
// unit. Their own timeouts are shorter, so what is not there by then never comes.
const patience = 5 * time.Minute

// scenario is a copy of the repository and one of its clusters, with a rig.
type scenario struct {
	*testing.T
	*rig.Rig
	cluster  string
	dir      string // of the copy
	binaries *rig.Binaries
	loaded   *generator.Cluster
	rendered *generator.Rendering
	locked   *lock.Lock // what the copy knows of images
	source   *rig.Source
	timeline *rig.Timeline
	volumes  *rig.Provisioner
	after    map[string][]string // the declared order of units
	edited   []string            // files of the tree that were broken, from the repository's root
	figures  *figures
}

// inputs are what a copy of a repository consists of, as far as it has them.
var inputs = []string{"apps", "clusters", "cue.mod", "flux-system", "images.lock.json", "schemas", ".sops.yaml"}

// open copies the repository and renders one cluster of it, unchanged.
func open(t *testing.T, cluster string) *scenario {
	t.Helper()
	return openIn(t, repository, cluster)
}

// openIn does it with another repository.
func openIn(t *testing.T, repository, cluster string) *scenario {
	t.Helper()
	s := &scenario{T: t, cluster: cluster, dir: t.TempDir(), figures: &figures{cluster: cluster}}
	var err error
	s.binaries, err = rig.Build(t.Context(), ".", t.Logf)
	require.NoError(t, err)
	for _, name := range inputs {
		from, to := filepath.Join(repository, name), filepath.Join(s.dir, name)
		if !exists(from) {
			continue
		}
		if info, err := os.Stat(from); err == nil && !info.IsDir() {
			body, err := os.ReadFile(from)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(to, body, 0o600))
			continue
		}
		require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	}
	if fixture := filepath.Join("testdata", cluster); exists(fixture) {
		require.NoError(t, os.CopyFS(filepath.Join(s.dir, "clusters", cluster), os.DirFS(fixture)))
	}
	s.render()
	return s
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// concurrency is the argument for the number of units that may roll at a time.
func concurrency(s *scenario) string {
	return fmt.Sprintf("--concurrent=%d", s.loaded.Cluster.Rollout.Concurrent)
}

// start starts the rig, with more flags for the API server. Its logs are kept when the
// test fails.
func (s *scenario) start(flags ...string) {
	s.Helper()
	logs, err := os.MkdirTemp("", "stillsuit-e2e-"+s.cluster+"-")
	require.NoError(s, err)
	s.Rig, err = rig.Start(context.WithoutCancel(s.T.Context()), logs, s.binaries, &s.loaded.Cluster, flags...)
	s.Cleanup(func() {
		err := s.Stop()
		if s.Failed() {
			s.Logf("the logs of the control plane and of Flux are in %s", logs)
		} else {
			err = errors.Join(err, os.RemoveAll(logs))
		}
		require.NoError(s, err)
	})
	require.NoError(s, err)
}

// apart shows that rigs can run side by side: what runs in this one listens on ports of
// loopback that it was given, and nowhere else.
func (s *scenario) apart(programs ...string) {
	s.Helper()
	listening, err := s.Listening()
	require.NoError(s, err)
	for address, program := range listening {
		require.Truef(s, address.Addr().IsLoopback() && rig.Given(address.Port()), "%s listens at %s", program, address)
	}
	for _, program := range programs {
		require.Contains(s, slices.Collect(maps.Values(listening)), program)
	}
}

// Context is the rig's, once there is one.
func (s *scenario) Context() context.Context {
	if s.Rig != nil {
		return s.Rig.Context
	}
	return s.T.Context()
}

// render renders the copy as it stands now, and writes its tree.
func (s *scenario) render() {
	s.Helper()
	repo, err := generator.Open(s.dir, &generator.Options{Library: library.FS})
	require.NoError(s, err)
	defer repo.Close()
	s.locked = repo.Lock()
	names, err := repo.Clusters()
	require.NoError(s, err)
	var all []*generator.Rendering
	for _, name := range names {
		loaded, findings, err := generator.Load(s.Context(), repo, name)
		require.NoError(s, err)
		s.noErrors(findings)
		rendered, findings, err := generator.Render(loaded)
		require.NoError(s, err)
		s.noErrors(findings)
		judged, err := access.Judge(inventory.Declared(loaded.Desired, rendered.Set, repo.Lock(), repo.Source))
		require.NoError(s, err)
		s.noErrors(judged)
		all = append(all, rendered)
		if name == s.cluster {
			s.loaded, s.rendered = loaded, rendered
		}
	}
	// What a test broke in the tree is rendered again.
	_, findings, err := generator.Write(repo, all, &generator.WriteOptions{DiscardEdits: s.edited})
	require.NoError(s, err)
	s.noErrors(findings)
	s.edited = nil
	s.after = map[string][]string{}
	for _, u := range s.rendered.Units {
		flux := s.object(u.Flux)
		needs, _, err := unstructured.NestedSlice(flux.Object, "spec", "dependsOn")
		require.NoError(s, err)
		for _, n := range needs {
			s.after[u.Name] = append(s.after[u.Name], n.(map[string]any)["name"].(string))
		}
	}
}

func (s *scenario) noErrors(findings []finding.Finding) {
	s.Helper()
	for _, f := range findings {
		require.NotEqual(s, finding.Error, f.Severity, f.String())
	}
}

// object is a rendered object as the API server is given it.
func (s *scenario) object(o interface{ YAML() ([]byte, error) }) *unstructured.Unstructured {
	s.Helper()
	text, err := o.YAML()
	require.NoError(s, err)
	objects, err := rig.Parse(string(text))
	require.NoError(s, err)
	require.Len(s, objects, 1)
	return objects[0]
}

// overlay builds what `flux bootstrap` applies: its two files, here from a
// stand-in, and our patches on them.
func (s *scenario) overlay() []*unstructured.Unstructured {
	s.Helper()
	components, err := s.binaries.Components(s.Context())
	require.NoError(s, err)
	dir := filepath.Join(s.dir, "flux-system", s.cluster, "flux-system")
	require.NoError(s, os.WriteFile(filepath.Join(dir, "gotk-components.yaml"), []byte(components), 0o600))
	require.NoError(s, os.WriteFile(filepath.Join(dir, "gotk-sync.yaml"), []byte(rig.Sync(s.cluster)), 0o600))
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	require.NoError(s, err)
	text, err := built.AsYaml()
	require.NoError(s, err)
	objects, err := rig.Parse(string(text))
	require.NoError(s, err)
	return objects
}

// bootstrap brings Flux into the cluster and lets it apply the tree.
func (s *scenario) bootstrap() {
	s.Helper()
	overlay := s.overlay()
	s.volumes = s.Provision(&s.loaded.Cluster)
	s.foreign()
	before, err := demand.Of(s.subject())
	require.NoError(s, err)
	require.NoError(s, s.Before(before.Workloads))
	key, err := os.ReadFile(filepath.Join(repository, "tests", "keys", "throwaway.agekey"))
	require.NoError(s, err)
	require.NoError(s, s.Bootstrap(overlay, key))
	s.timeline, err = s.Watch()
	require.NoError(s, err)
	charts, err := s.binaries.Charts(s.Context(), s.loaded.Charts)
	require.NoError(s, err)
	s.source, err = s.Serve(charts)
	require.NoError(s, err)
}

// foreign makes what a cluster has before Flux and that no chart of the tree
// brings: storage classes, and kinds that the distribution defines.
func (s *scenario) foreign() {
	s.Helper()
	brought := map[string]bool{}
	for _, c := range s.loaded.Charts {
		for _, group := range c.Provides {
			brought[group] = true
		}
	}
	rendered := map[string]bool{}
	for _, o := range s.rendered.Objects() {
		if o.Kind == "StorageClass" {
			rendered[o.Name] = true
		}
		if !brought[o.Group] {
			brought[o.Group] = true
			s.define(o.Group)
		}
	}
	for _, n := range s.loaded.Cluster.Nodes {
		if n.GPU != nil && n.GPU.RuntimeClass != "" { // K3s brings those of the runtimes that it finds
			_, err := s.Client.NodeV1().RuntimeClasses().Create(s.Context(), &nodev1.RuntimeClass{
				ObjectMeta: metav1.ObjectMeta{Name: n.GPU.RuntimeClass}, Handler: n.GPU.RuntimeClass,
			}, metav1.CreateOptions{})
			require.NoError(s, err)
		}
	}
	for name := range s.loaded.Cluster.Storage {
		if !rendered[name] {
			_, err := s.Client.StorageV1().StorageClasses().Create(s.Context(), rig.StorageClass(name, &s.loaded.Cluster), metav1.CreateOptions{})
			require.NoError(s, err)
		}
	}
}

// push serves the tree as it stands in the copy, and returns its revision.
func (s *scenario) push() string {
	s.Helper()
	revision, err := s.source.Push(os.DirFS(s.dir))
	require.NoError(s, err)
	return revision
}

// change renders the copy and pushes it.
func (s *scenario) change() string {
	s.Helper()
	s.render()
	return s.push()
}

// settled waits until the root and every unit that is declared are Ready at the
// revision, except for those that are known to be sick, and nothing else is left.
func (s *scenario) settled(revision string, sick ...string) time.Duration {
	s.Helper()
	began := time.Now()
	names := []string{"flux-system"}
	for _, u := range s.rendered.Units {
		if !slices.Contains(sick, u.Name) {
			names = append(names, u.Name)
		}
	}
	var unready map[string]string
	err := s.Await("every unit to be Ready at "+revision, patience, func(context.Context) (bool, error) {
		unready = s.timeline.Unready(revision, names...)
		for name, why := range s.timeline.Unready(revision) { // units that should be gone
			if !slices.Contains(names, name) && !slices.Contains(sick, name) {
				unready[name] = "it is still there: " + why
			}
		}
		return len(unready) == 0, nil
	})
	if err != nil {
		s.explain(unready)
	}
	require.NoError(s, err)
	return time.Since(began)
}

// explain tells what can be known about units that are not ready.
func (s *scenario) explain(unready map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(unready)) {
		s.Logf("%s: %s", name, unready[name])
	}
	for claim, why := range s.volumes.Refused() {
		s.Logf("claim %s got no volume: %s", claim, why)
	}
	for who, what := range s.source.Absent() {
		s.Logf("%s asked for the chart %s, which is not there", who, what)
	}
	for _, pod := range s.pods("") {
		if why := pending(pod); why != "" {
			s.Logf("pod %s/%s is pending: %s", pod.Namespace, pod.Name, why)
		}
	}
}

// figures are what a scenario measured, as docs/e2e.md tells it.
type figures struct {
	cluster string
	rows    []string
}

func (f *figures) add(step, format string, args ...any) {
	f.rows = append(f.rows, fmt.Sprintf("| %s | %s | %s |", f.cluster, step, fmt.Sprintf(format, args...)))
}

// clusters are the reference clusters.
func clusters(t *testing.T) []string {
	t.Helper()
	repo, err := generator.Open(repository, &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer repo.Close()
	names, err := repo.Clusters()
	require.NoError(t, err)
	require.NotEmpty(t, names)
	return names
}
