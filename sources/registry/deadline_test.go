package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// dripping answers with one byte, says so, and gives the next only when the client is gone.
func dripping(s *server, path string, dripped chan<- struct{}) {
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, path) {
			return false
		}
		w.Header().Set("Content-Type", string(types.OCIImageIndex))
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write([]byte("{")) // the client may be gone
		w.(http.Flusher).Flush()
		dripped <- struct{}{}
		<-r.Context().Done()
		return true
	})
}

// onDemand makes the deadline of each reference come when the test says so.
func onDemand(c *Client, over <-chan struct{}) {
	c.bounded = func(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(ctx)
		stop := make(chan struct{})
		go func() {
			select {
			case <-over:
				cancel(errDeadline)
			case <-stop:
			}
		}()
		return ctx, func() { close(stop); cancel(context.Canceled) }
	}
}

// A registry that drips data is given up at the deadline, whatever it drips: nothing is
// known of its image then, and it is not missing. Another one answers meanwhile.
func TestARegistryThatDrips(t *testing.T) {
	for name, path := range map[string]string{"its greeting": "/v2/", "a manifest": "/manifests/1", "a manifest of its index": "/manifests/sha256:", "a config": "/blobs/"} {
		t.Run(name, func(t *testing.T) {
			slow, quick := start(t, nil, false), start(t, nil, false)
			i := index(t, types.OCIImageIndex, amd64)
			pushIndex(t, slow, "a/b:1", i)
			push(t, slow, "a/plain:1", built(t, amd64))
			pushIndex(t, quick, "a/b:1", i)
			ref := slow.host + "/a/b:1"
			if name == "a config" {
				ref = slow.host + "/a/plain:1"
			}
			dripped, over := make(chan struct{}, 100), make(chan struct{})
			dripping(slow, path, dripped)
			c := client(t, authn.AuthConfig{}, slow, quick)
			c.deadline = 7 * time.Second
			onDemand(c, over)
			answer := make(chan error)
			of := reference(t, ref)
			go func() { _, err := c.Resolve(t.Context(), of, &Want{Sizes: true}); answer <- err }()
			<-dripped
			got, err := c.Resolve(t.Context(), reference(t, quick.host+"/a/b:1"), nil)
			require.NoError(t, err)
			require.Equal(t, digestOf(t, i), got.Digest)
			select {
			case err := <-answer:
				require.NoError(t, err, "it does not wait")
			default:
			}
			close(over)
			err = <-answer
			var open *UnansweredError
			require.ErrorAs(t, err, &open)
			require.EqualError(t, err, ref+": no whole answer came within 7s, and it was given up (a slow registry gets longer with --deadline)")
			if path == "/v2/" { // who does not even greet is not waited for again
				_, err = c.Resolve(t.Context(), reference(t, slow.host+"/a/c:1"), nil)
				require.ErrorAs(t, err, &open)
				require.Empty(t, dripped)
			}
		})
	}
}

// Mutant: without a deadline the answer is waited for as long as somebody wants it.
func TestARegistryThatDripsIsWaitedForWithoutADeadline(t *testing.T) {
	s := start(t, nil, false)
	dripped := make(chan struct{}, 100)
	dripping(s, "/v2/", dripped)
	c := client(t, authn.AuthConfig{}, s)
	c.bounded = func(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
		return context.WithCancel(ctx)
	}
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error)
	of := reference(t, s.host+"/a/b:1")
	go func() { _, err := c.Resolve(ctx, of, nil); answer <- err }()
	<-dripped
	cancel()
	require.ErrorContains(t, <-answer, "it was not waited for")
}

// A slow registry that comes to its end in time is as good as any: it sends a byte
// whenever the client may have read the last.
func TestASlowRegistry(t *testing.T) {
	s := start(t, nil, false)
	i := index(t, types.OCIImageIndex, amd64)
	pushIndex(t, s, "a/b:1", i)
	body, err := i.RawManifest()
	require.NoError(t, err)
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/manifests/1") {
			return false
		}
		w.Header().Set("Content-Type", string(types.OCIImageIndex))
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		for k := range body {
			_, _ = w.Write(body[k : k+1])
			w.(http.Flusher).Flush()
		}
		return true
	})
	got, err := client(t, authn.AuthConfig{}, s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
	require.NoError(t, err)
	require.Equal(t, digestOf(t, i), got.Digest)
}

// A pause that is longer than the time that is left is not made: what the registry said
// before is told at once.
func TestAPauseBeyondTheDeadline(t *testing.T) {
	s := start(t, nil, false)
	pushIndex(t, s, "a/b:1", index(t, types.OCIImageIndex, amd64))
	stumbling(s, 9, fails(429, "50"))
	for deadline, waits := range map[time.Duration]int{40 * time.Second: 0, time.Hour: tries - 1} {
		c := client(t, authn.AuthConfig{}, s)
		c.deadline = deadline
		waited := 0
		c.retry.wait = func(context.Context, time.Duration) error { waited++; return nil }
		_, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
		require.ErrorContains(t, err, "the registry answers 429")
		require.Equal(t, waits, waited, "%s", deadline)
		stumbling(s, 9, fails(429, "50"))
	}
}

// hanging is a keychain whose helper does not end.
type hanging struct{ asked chan struct{} }

func (h hanging) Resolve(authn.Resource) (authn.Authenticator, error) {
	close(h.asked)
	select {}
}

func TestAHelperThatDoesNotEnd(t *testing.T) {
	h := hanging{make(chan struct{})}
	c, err := New(&Options{Keychain: h})
	require.NoError(t, err)
	over := make(chan struct{})
	onDemand(c, over)
	go func() { <-h.asked; close(over) }()
	_, err = c.Resolve(t.Context(), reference(t, "registry.example/a:1"), nil)
	require.ErrorContains(t, err, "no whole answer came within 1m0s")
}

// A panic of a helper is not the end of the process.
func TestAHelperThatPanics(t *testing.T) {
	c, err := New(&Options{Keychain: panicking{}})
	require.NoError(t, err)
	require.Panics(t, func() { _, _ = c.Resolve(t.Context(), reference(t, "registry.example/a:1"), nil) })
}

type panicking struct{}

func (panicking) Resolve(authn.Resource) (authn.Authenticator, error) { panic(errors.New("x")) }

// Docker's files are not opened when they are pipes.
func TestCredentialsInAPipe(t *testing.T) {
	for variable, name := range map[string]string{"HOME": ".docker/config.json", "DOCKER_CONFIG": "config.json", "XDG_RUNTIME_DIR": "containers/auth.json", "XDG_CONFIG_HOME": "containers/auth.json", "REGISTRY_AUTH_FILE": ""} {
		t.Run(variable, func(t *testing.T) {
			for _, other := range []string{"HOME", "DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE"} {
				t.Setenv(other, t.TempDir())
			}
			at := filepath.Join(os.Getenv(variable), name)
			if name == "" {
				at = filepath.Join(os.Getenv(variable), "auth.json")
				t.Setenv(variable, at)
			}
			require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
			require.NoError(t, syscall.Mkfifo(at, 0o600))
			c, err := New(nil)
			require.NoError(t, err)
			_, err = c.Resolve(t.Context(), reference(t, "registry.invalid/a:1"), nil)
			require.ErrorContains(t, err, "it is a named pipe, not a file")
		})
	}
}
