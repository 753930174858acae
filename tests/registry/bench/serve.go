package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// counted is where the server says how many requests came since it was last asked.
const counted = "/counted"

// reference is one of those that the server has: each is of a repository of its own.
func reference(host string, i int) string { return fmt.Sprintf("%s/a/b%d:1", host, i) }

// serve is a registry on loopback, with references to one index. It prints its host
// and port when they are there, and never ends.
func serve(references int, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var requests atomic.Int64
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == counted {
			_, _ = fmt.Fprint(w, requests.Swap(0)) // whoever asked reads it, or not
			return
		}
		requests.Add(1)
		inner.ServeHTTP(w, r)
	})}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	host := listener.Addr().String()
	if err := fill(host, references); err != nil {
		return err
	}
	requests.Store(0)
	if _, err := fmt.Fprintln(out, host); err != nil {
		return err
	}
	return <-failed
}

func fill(host string, references int) error {
	index := v1.ImageIndex(empty.Index)
	for _, arch := range []string{"amd64", "arm64"} {
		image, err := random.Image(100, 1)
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
	}
	for i := range references {
		ref, err := name.ParseReference(reference(host, i))
		if err != nil {
			return err
		}
		if err := remote.WriteIndex(ref, index); err != nil {
			return err
		}
	}
	return nil
}

// server is the registry, as a process of its own: what it takes is not counted.
type server struct {
	process *exec.Cmd
	host    string
}

func start(ctx context.Context, references int) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{process: exec.CommandContext(ctx, self, "-serve", strconv.Itoa(references))}
	s.process.Stderr = os.Stderr
	out, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	if s.host, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		s.stop()
		return nil, fmt.Errorf("start the registry: %w", err)
	}
	s.host = strings.TrimSpace(s.host)
	return s, nil
}

func (s *server) stop() {
	_ = s.process.Process.Kill() // it never ends by itself
	_ = s.process.Wait()         // and says that it was killed
}

// requests are those since the last call.
func (s *server) requests(ctx context.Context) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.host+counted, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(text), 10, 64)
}
