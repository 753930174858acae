package main

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/rogpeppe/go-internal/testscript"
)

type loopbackKey struct{}

// loopback is the registry of a script, on 127.0.0.1.
type loopback struct {
	server *httptest.Server
	status atomic.Int64 // that manifests are answered with; 0 when they are
	asked  atomic.Int64
}

// registries is a command of scripts:
//
//	registry start FILE...    // $REGISTRY is its host and port, in the files too
//	registry push SEED REF PLATFORM[=USER]...    // an index; with one platform a manifest
//	registry remove REF
//	registry answer STATUS    // to every request for a manifest; 0 as it is
//	registry asked N          // requests since the last time
func registries(ts *testscript.TestScript, _ bool, args []string) {
	r := ts.Value(loopbackKey{}).(*loopback)
	if len(args) == 0 {
		ts.Fatalf("registry does nothing")
	}
	switch command, args := args[0], args[1:]; command {
	case "start":
		r.server = httptest.NewServer(r.handler())
		ts.Defer(r.server.Close)
		host := strings.TrimPrefix(r.server.URL, "http://")
		ts.Setenv("REGISTRY", host)
		for _, file := range args {
			text := strings.ReplaceAll(ts.ReadFile(file), "$REGISTRY", host)
			ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o644))
		}
	case "push":
		ts.Check(pushTo(args[0], args[1], args[2:]))
		r.asked.Store(0)
	case "remove":
		ref, err := name.ParseReference(args[0])
		ts.Check(err)
		ts.Check(remote.Delete(ref))
		r.asked.Store(0)
	case "answer":
		status, err := strconv.Atoi(args[0])
		ts.Check(err)
		r.status.Store(int64(status))
	case "asked":
		if got := r.asked.Swap(0); strconv.FormatInt(got, 10) != args[0] {
			ts.Fatalf("%d requests, not %s", got, args[0])
		}
	default:
		ts.Fatalf("registry does not %s", command)
	}
}

func (r *loopback) handler() http.Handler {
	real := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.asked.Add(1)
		if status := r.status.Load(); status != 0 && strings.Contains(req.URL.Path, "/manifests/") {
			w.WriteHeader(int(status))
			return
		}
		real.ServeHTTP(w, req)
	})
}

// pushTo pushes an image for platforms whose layers hold the seed.
func pushTo(seed, at string, platforms []string) error {
	ref, err := name.ParseReference(at)
	if err != nil {
		return err
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, given := range platforms {
		written, user, _ := strings.Cut(given, "=")
		p, err := v1.ParsePlatform(written)
		if err != nil {
			return err
		}
		image := mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1)
		if image, err = mutate.AppendLayers(image, static.NewLayer([]byte(seed+written), types.OCILayer)); err != nil {
			return err
		}
		config, err := image.ConfigFile()
		if err != nil {
			return err
		}
		config.OS, config.Architecture, config.Variant, config.Config.User = p.OS, p.Architecture, p.Variant, user
		if image, err = mutate.ConfigFile(image, config); err != nil {
			return err
		}
		if len(platforms) == 1 {
			return remote.Write(ref, image)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: p}})
	}
	return remote.WriteIndex(ref, index)
}
