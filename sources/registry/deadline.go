package registry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"stillsuit.dev/crash"
	"stillsuit.dev/files"
)

// Deadline is the default of Options.Deadline; our choice. A manifest of 4 MiB, the
// largest that is taken, comes within it at 70 kB a second.
const Deadline = time.Minute

// errDeadline is the cause with which the context of one reference ends.
var errDeadline = errors.New("deadline")

// bounded is a context for all that one reference takes.
func bounded(ctx context.Context, deadline time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, deadline, errDeadline)
}

// late reports whether the time for a reference is over, and not that nobody waits for it.
func late(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errDeadline) }

// enough reports whether a context leaves time for a pause, and for what comes after.
func enough(ctx context.Context, pause time.Duration) bool {
	deadline, set := ctx.Deadline()
	return !set || time.Until(deadline) > pause
}

// docker is Docker's own configuration, and Podman's, with their helpers.
type docker struct{}

// Resolve implements authn.Keychain.
func (d docker) Resolve(target authn.Resource) (authn.Authenticator, error) {
	return d.ResolveContext(context.Background(), target)
}

// ResolveContext implements authn.ContextKeychain.
func (docker) ResolveContext(ctx context.Context, target authn.Resource) (authn.Authenticator, error) {
	for _, name := range credentialFiles() {
		info, err := os.Stat(name)
		if err != nil || name == os.DevNull {
			continue // what is not there, or cannot be read, is the keychain's to tell
		}
		if err := files.Check(info.Mode()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return authn.Resolve(ctx, authn.DefaultKeychain, target)
}

// credentialFiles are those that authn.DefaultKeychain may open.
func credentialFiles() []string {
	home, _ := os.UserHomeDir() // without one, nothing is below it
	config := os.Getenv("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	return []string{
		filepath.Join(home, ".docker", "config.json"), filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json"),
		filepath.Clean(os.Getenv("REGISTRY_AUTH_FILE")),
		filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "containers", "auth.json"), filepath.Join(config, "containers", "auth.json"),
	}
}

// credentials are those for a repository. A helper program is not waited for any longer
// than the context lasts.
func (c *Client) credentials(ctx context.Context, target authn.Resource) (auth authn.Authenticator, config *authn.AuthConfig, err error) {
	type found struct {
		auth   authn.Authenticator
		config *authn.AuthConfig
		err    error
	}
	done := make(chan found, 1)
	var helper crash.Group
	helper.Go(func() {
		f := found{}
		defer func() { done <- f }()
		if f.auth, f.err = authn.Resolve(ctx, c.keychain, target); f.err == nil {
			f.config, f.err = authn.Authorization(ctx, f.auth)
		}
	})
	select {
	case f := <-done:
		helper.Wait()
		return f.auth, f.config, f.err
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}
