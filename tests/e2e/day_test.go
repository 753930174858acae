package e2e_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"stillsuit.dev/tests/e2e/rig"
)

// guests are two apps that a test adds to a cluster, so that it can change them.
type guests struct {
	Package string
	Visitor string // the name of the first; "" when it is gone
	Image   string // tag of its image
	Config  string // content of its file
	Home    string // namespace of the second
	Beside  string // tag of its image
	After   string // what the first comes after, as CUE
	secret  string // file in testdata
}

const (
	visitors = "visitors"
	oldTag   = "2.0.21"
	newTag   = "2.0.22"
)

// admit writes the guests into the cluster's CUE.
func (s *scenario) admit(g guests) {
	s.Helper()
	g.Package = s.cluster
	s.fill("visitor.cue", g)
	secret, err := os.ReadFile("testdata/" + g.secret)
	require.NoError(s, err)
	s.write("secrets/visitor.sops.yaml", string(secret))
}

// day lives a day with the cluster. Every change goes through CUE, rendering
// and the artifact, as a commit would.
func (s *scenario) day() {
	g := guests{Visitor: "visitor", Image: oldTag, Config: "listener 1883", Home: visitors, Beside: oldTag, secret: "first.sops.yaml"}
	step := func(name string, change func()) {
		change()
		s.admit(g)
		took := s.settled(s.change())
		s.figures.add(name, "Ready in %.0f s", took.Seconds())
		require.Empty(s, s.unhealthy(s.rendered.Units...), name)
	}

	step("two apps added", func() {})
	s.runs("visitor", oldTag)
	require.Equal(s, "the first", s.password())
	pods := s.podsOf("visitor")

	step("an image bumped", func() { g.Image = newTag })
	s.runs("visitor", newTag)
	pods = s.rolled(pods, "visitor")

	old := s.configMaps()
	step("a file changed", func() { g.Config = "listener 1884" })
	pods = s.rolled(pods, "visitor")
	now := s.configMaps()
	require.Len(s, now, 1, "the old ConfigMap is pruned")
	require.NotEqual(s, old, now)

	step("a secret changed", func() { g.secret = "second.sops.yaml" })
	s.rolled(pods, "visitor")
	require.Equal(s, "the second", s.password())

	s.drift()
	s.sick(&g)

	step("an app renamed", func() { g.Visitor = "guest" })
	s.runs("guest", newTag)
	s.gone("visitor")
	claims := s.claims()
	require.Equal(s, []string{"guest-data", "visitor-data"}, claims, "a claim outlives its app")

	step("an app removed", func() { g.Visitor = "" })
	s.gone("guest")
	require.Equal(s, claims, s.claims(), "a claim outlives its app")

	step("a namespace removed", func() { g.Home = "elsewhere" })
	_, err := s.Client.AppsV1().Deployments(visitors).Get(s.Context(), "neighbour", metav1.GetOptions{})
	require.True(s, apierrors.IsNotFound(err), "%v", err)
	ns, err := s.Client.CoreV1().Namespaces().Get(s.Context(), visitors, metav1.GetOptions{})
	require.NoError(s, err)
	require.Equal(s, corev1.NamespaceActive, ns.Status.Phase, "a namespace is never pruned")
	require.Equal(s, claims, s.claims())
	s.checkOrder()
}

// drift changes and removes objects behind Flux's back, as a hand would.
func (s *scenario) drift() {
	s.Helper()
	deployments, services := s.Client.AppsV1().Deployments(visitors), s.Client.CoreV1().Services(visitors)
	_, err := deployments.Patch(s.Context(), "visitor", types.StrategicMergePatchType, []byte(`{"spec":{"replicas":0}}`), metav1.PatchOptions{})
	require.NoError(s, err)
	require.NoError(s, services.Delete(s.Context(), "visitor", metav1.DeleteOptions{}))
	began := time.Now()
	require.NoError(s, s.Reconcile("visitor"))
	require.NoError(s, s.Await("drift to be repaired", patience, func(ctx context.Context) (bool, error) {
		d, err := deployments.Get(ctx, "visitor", metav1.GetOptions{})
		if err != nil || replicas(d.Spec.Replicas) != 1 {
			return false, err
		}
		_, err = services.Get(ctx, "visitor", metav1.GetOptions{})
		return err == nil, nil
	}))
	s.figures.add("drift repaired", "in %.1f s", time.Since(began).Seconds())
}

// sick lets an update go wrong and checks that it holds up nobody else: a fix
// to another unit is applied within two minutes. Then it is mended.
func (s *scenario) sick(g *guests) {
	s.Helper()
	well := g.Beside
	g.Beside = rig.SickTag
	s.admit(*g)
	revision := s.change()
	s.rolling(revision, "neighbour")

	g.Config = "listener 1885"
	before := s.podsOf("visitor")
	s.admit(*g)
	s.render()
	pushed := time.Now()
	revision = s.push()
	require.NoError(s, s.Await("a fix to another unit", 2*time.Minute, func(context.Context) (bool, error) {
		return len(s.timeline.Unready(revision, "visitor")) == 0, nil
	}))
	s.figures.add("a fix beside a sick app", "Ready in %.0f s", time.Since(pushed).Seconds())
	s.rolled(before, "visitor")
	s.settled(revision, "neighbour")
	require.Contains(s, s.timeline.Unready(revision), "neighbour", "an app whose pods do not start is not Ready")
	d := s.deployment(visitors, "neighbour")
	require.NotZero(s, d.Status.Replicas)
	require.Zero(s, s.ready(rig.SickTag), "kwok is to leave these pods alone")

	g.Beside = well
	s.admit(*g)
	took := s.settled(s.change())
	s.figures.add("the sick app mended", "Ready in %.0f s", took.Seconds())
	require.Empty(s, s.unhealthy(s.rendered.Units...))
}

// ready counts the ready pods of an image tag.
func (s *scenario) ready(tag string) int {
	n := 0
	for _, p := range s.pods(visitors) {
		if strings.HasSuffix(p.Spec.Containers[0].Image, ":"+tag) && p.Status.Phase == corev1.PodRunning {
			n++
		}
	}
	return n
}

// podsOf names the running pods of an app.
func (s *scenario) podsOf(app string) []types.UID {
	s.Helper()
	var out []types.UID
	for _, p := range s.pods(visitors) {
		if p.Labels["app.kubernetes.io/name"] == app && p.DeletionTimestamp == nil {
			out = append(out, p.UID)
		}
	}
	require.NotEmpty(s, out)
	return out
}

// rolled requires that an app has other pods than before, and returns them.
func (s *scenario) rolled(before []types.UID, app string) []types.UID {
	s.Helper()
	now := s.podsOf(app)
	for _, id := range now {
		require.NotContains(s, before, id, "the pods of %s did not roll", app)
	}
	return now
}

// runs requires that all pods of an app have the image tag.
func (s *scenario) runs(app, tag string) {
	s.Helper()
	s.podsOf(app)
	for _, p := range s.pods(visitors) {
		if p.Labels["app.kubernetes.io/name"] == app && p.DeletionTimestamp == nil {
			image, _, _ := strings.Cut(p.Spec.Containers[0].Image, "@")
			require.Equal(s, "docker.io/library/eclipse-mosquitto:"+tag, image)
		}
	}
}

func (s *scenario) password() string {
	s.Helper()
	secret, err := s.Client.CoreV1().Secrets(visitors).Get(s.Context(), "visitor", metav1.GetOptions{})
	require.NoError(s, err)
	return string(secret.Data["password"])
}

// configMaps names the ConfigMaps of the guests, which are called by their content.
func (s *scenario) configMaps() []string {
	s.Helper()
	list, err := s.Client.CoreV1().ConfigMaps(visitors).List(s.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=visitor"})
	require.NoError(s, err)
	var out []string
	for _, c := range list.Items {
		out = append(out, c.Name)
	}
	return out
}

func (s *scenario) claims() []string {
	s.Helper()
	list, err := s.Client.CoreV1().PersistentVolumeClaims(visitors).List(s.Context(), metav1.ListOptions{})
	require.NoError(s, err)
	var out []string
	for _, c := range list.Items {
		require.Nil(s, c.DeletionTimestamp, "claim %s is being removed", c.Name)
		out = append(out, c.Name)
	}
	slices.Sort(out)
	return out
}

// gone requires that nothing of an app is left but its claim.
func (s *scenario) gone(app string) {
	s.Helper()
	selector := metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=" + app}
	var left []string
	require.NoError(s, s.Await("the objects of "+app+" to be gone", time.Minute, func(ctx context.Context) (bool, error) {
		left = nil
		deployments, err := s.Client.AppsV1().Deployments(visitors).List(ctx, selector)
		if err != nil {
			return false, err
		}
		services, err := s.Client.CoreV1().Services(visitors).List(ctx, selector)
		if err != nil {
			return false, err
		}
		policies, err := s.Client.NetworkingV1().NetworkPolicies(visitors).List(ctx, selector)
		if err != nil {
			return false, err
		}
		maps, err := s.Client.CoreV1().ConfigMaps(visitors).List(ctx, selector)
		if err != nil {
			return false, err
		}
		pods, err := s.Client.CoreV1().Pods(visitors).List(ctx, selector)
		if err != nil {
			return false, err
		}
		left = append(left, fmt.Sprintf("%d Deployments, %d Services, %d NetworkPolicies, %d ConfigMaps, %d Pods",
			len(deployments.Items), len(services.Items), len(policies.Items), len(maps.Items), len(pods.Items)))
		return len(deployments.Items)+len(services.Items)+len(policies.Items)+len(maps.Items)+len(pods.Items) == 0, nil
	}), "%v", left)
}
