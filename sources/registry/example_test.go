package registry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	server "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"stillsuit.dev/generator/image"
	"stillsuit.dev/sources/registry"
)

// A registry on loopback, asked about an image that it holds and one that it does not.
func Example() {
	holder := httptest.NewServer(server.New(server.Logger(log.New(io.Discard, "", 0))))
	defer holder.Close()
	host := strings.TrimPrefix(holder.URL, "http://")
	web, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "linux", Architecture: "arm64"})
	if err != nil {
		log.Fatal(err)
	}
	at, err := name.ParseReference(host + "/web:1.2.0")
	if err != nil {
		log.Fatal(err)
	}
	if err := remote.Write(at, web); err != nil {
		log.Fatal(err)
	}

	client, err := registry.New(&registry.Options{Private: []string{"http://" + host}, Keychain: authn.NewMultiKeychain()})
	if err != nil {
		log.Fatal(err)
	}
	known, unknown := image.Reference{Repository: host + "/web", Tag: "1.2.0"}, image.Reference{Repository: host + "/web", Tag: "2.0.0"}
	found, err := client.Resolve(context.Background(), known, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found.Platforms)
	_, err = client.Resolve(context.Background(), unknown, nil)
	var missing *registry.MissingError
	fmt.Println(errors.As(err, &missing))
	// Output:
	// [linux/arm64]
	// true
}
