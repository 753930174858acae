package rig

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1" // as Git names revisions
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
)

// Source plays source-controller: it packs a repository as Flux does, serves it
// on loopback, and tells the GitRepository flux-system that it is there. Charts
// are served to the OCIRepositories and HelmCharts that ask for them.
type Source struct {
	r      *Rig
	url    string
	server *http.Server

	mu     sync.Mutex
	files  map[string][]byte // served, by path
	git    artifact
	charts map[string][]byte // chart archives, by name@version
	absent map[string]string // what was asked for and is not there
}

// artifact is a tree at a revision.
type artifact struct {
	path, revision, digest string
	size                   int
}

const sourceGroup = "source.toolkit.fluxcd.io"

// Serve starts the source with the charts that it has, by name@version.
func (r *Rig) Serve(charts map[string][]byte) (*Source, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Source{r: r, url: "http://" + l.Addr().String() + "/", files: map[string][]byte{}, charts: charts, absent: map[string]string{}}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.server.Serve(l) }()
	context.AfterFunc(r.Context, func() { _ = s.server.Close() })
	factory := dynamicinformer.NewDynamicSharedInformerFactory(r.Dynamic, 0)
	for _, kind := range []string{"gitrepositories", "ocirepositories", "helmrepositories", "helmcharts"} {
		resource := schema.GroupVersionResource{Group: sourceGroup, Version: "v1", Resource: kind}
		answer := func(o any) { s.answer(resource, o.(*unstructured.Unstructured)) }
		_, _ = factory.ForResource(resource).Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc: answer, UpdateFunc: func(_, o any) { answer(o) },
		})
	}
	factory.Start(r.Context.Done())
	return s, nil
}

// ServeHTTP serves the archives.
func (s *Source) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	body, ok := s.files[strings.TrimPrefix(req.URL.Path, "/")]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, req)
		return
	}
	_, _ = w.Write(body)
}

// Push serves the files of a repository as a commit, and returns its revision.
func (s *Source) Push(repository fs.FS) (string, error) {
	archive, err := Pack(repository)
	if err != nil {
		return "", err
	}
	revision := fmt.Sprintf("main@sha1:%x", sha1.Sum(archive))
	s.mu.Lock()
	s.git = s.keep("git/"+revision[len("main@sha1:"):]+".tar.gz", revision, archive)
	git := s.git
	s.mu.Unlock()
	err = s.report(schema.GroupVersionResource{Group: sourceGroup, Version: "v1", Resource: "gitrepositories"}, "flux-system", "flux-system", git, "")
	return revision, s.r.explain(err)
}

// keep serves a file from now on. The caller holds the lock.
func (s *Source) keep(path, revision string, body []byte) artifact {
	s.files[path] = body
	return artifact{path, revision, fmt.Sprintf("sha256:%x", sha256.Sum256(body)), len(body)}
}

// Absent tells what was asked for and is not there.
func (s *Source) Absent() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	for who, what := range s.absent {
		out[who] = what
	}
	return out
}

// answer gives an object of a source kind its artifact, once.
func (s *Source) answer(resource schema.GroupVersionResource, u *unstructured.Unstructured) {
	if have, _, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration"); have == u.GetGeneration() && Condition(u, "Ready") == "True" {
		return
	}
	field := func(keys ...string) string {
		text, _, _ := unstructured.NestedString(u.Object, append([]string{"spec"}, keys...)...)
		return text
	}
	s.mu.Lock()
	var a artifact
	var chart string
	switch u.GetKind() {
	case "GitRepository":
		a = s.git
		if u.GetName() != "flux-system" { // a repository with a chart in it: the chart's HelmChart has the archive
			a = s.keep("empty.tar.gz", "main@sha1:"+strings.Repeat("0", 40), nil)
		}
	case "OCIRepository":
		chart = path.Base(field("url")) + "@" + field("ref", "tag")
	case "HelmChart":
		chart = path.Base(field("chart")) + "@" + field("version")
		if field("sourceRef", "kind") == "GitRepository" { // the tag is the repository's
			chart = s.named(path.Base(field("chart")))
		}
	}
	if chart != "" {
		if body, ok := s.charts[chart]; ok {
			_, version, _ := strings.Cut(chart, "@")
			a = s.keep("charts/"+strings.ReplaceAll(chart, "@", "-")+".tgz", version, body)
			if u.GetKind() == "OCIRepository" {
				a.revision += "@" + a.digest
			}
		} else {
			s.absent[u.GetKind()+" "+u.GetNamespace()+"/"+u.GetName()] = chart
		}
	}
	s.mu.Unlock()
	if a.path == "" && u.GetKind() != "HelmRepository" {
		return
	}
	_ = s.report(resource, u.GetNamespace(), u.GetName(), a, chart) // the next event tries again
}

// named finds the chart of a name, whatever its version. The caller holds the lock.
func (s *Source) named(name string) string {
	for key := range s.charts {
		if strings.HasPrefix(key, name+"@") {
			return key
		}
	}
	return name + "@"
}

// report writes the status that source-controller would write.
func (s *Source) report(resource schema.GroupVersionResource, namespace, name string, a artifact, chart string) error {
	objects := s.r.Dynamic.Resource(resource).Namespace(namespace)
	u, err := objects.Get(s.r.Context, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	now := time.Now().UTC().Format(time.RFC3339)
	status := map[string]any{
		"observedGeneration": u.GetGeneration(),
		"conditions":         []any{map[string]any{"type": "Ready", "status": "True", "reason": "Succeeded", "message": "stored artifact", "lastTransitionTime": now, "observedGeneration": u.GetGeneration()}},
	}
	if a.path != "" {
		status["artifact"] = map[string]any{"path": a.path, "url": s.url + a.path, "revision": a.revision, "digest": a.digest, "lastUpdateTime": now, "size": a.size}
	}
	if resource.Resource == "helmcharts" {
		status["observedChartName"], _, _ = strings.Cut(chart, "@")
		status["observedSourceArtifactRevision"] = a.revision
	}
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = objects.Patch(s.r.Context, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: "source-controller"}, "status")
	return err
}

// Pack archives a tree as Flux's source-controller does: regular files only,
// with the same header for the same content.
func Pack(tree fs.FS) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	archive := tar.NewWriter(zip)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		body, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(body)), Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		_, err = archive.Write(body)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
