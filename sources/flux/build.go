package flux

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	fluxkustomize "github.com/fluxcd/pkg/kustomize"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// originAnnotation is where kustomize notes the file that a resource is from.
const originAnnotation = "config.kubernetes.io/origin"

// unit reads what Flux would apply from a directory: it builds the kustomization
// there, or takes every file below, with what a Flux Kustomization lays over it.
func (r *reader) unit(dir string, over *overlay) {
	key := dir + over.key() + r.post.key()
	if r.read[key] {
		return
	}
	r.read[key] = true
	file := r.kustomizationIn(dir)
	r.guarded("building "+dir, finding.Place{File: cmp.Or(file, dir)}, func() {
		switch {
		case file == "" && over.key() == "":
			r.plain(dir)
		case file == "" || r.preflight(dir, nil): // on disk first, so that lines are the user's
			r.build(dir, file, over)
		}
	})
}

// guarded does what may panic. That is a finding then, and the rest is still read.
func (r *reader) guarded(doing string, at finding.Place, do func()) {
	var err error
	var crashed []finding.Finding
	func() {
		defer crash.Report(&crashed, &err, doing, at)
		do()
	}()
	for _, f := range crashed {
		r.found(inventory.Spot{}, f)
	}
}

// build builds the kustomization in a directory, or one of all files below when
// there is none, with what Flux lays over it.
func (r *reader) build(dir, file string, over *overlay) {
	at := finding.Place{File: cmp.Or(file, dir)}
	if over.key() != "" {
		at = over.at.place()
	}
	failed := func(err error) {
		r.report(finding.Error, at, "foreign/build", fmt.Sprintf("the kustomization in %s cannot be built", dir), r.words(err), "correct it")
	}
	data, err := over.lay(r, dir)
	if err != nil {
		failed(err)
		return
	}
	if file == "" {
		file = path.Join(dir, konfig.DefaultKustomizationFileName())
	}
	r.fs.over[file] = data
	defer delete(r.fs.over, file)
	before := len(r.findings)
	r.laid = laid{}
	sound := r.preflight(dir, nil)
	for i := range r.findings[before:] { // it has no lines of its own
		r.findings[before+i].Place = at
	}
	if !sound {
		return
	}
	component, err := r.annotate(file)
	if err != nil {
		failed(err)
		return
	}
	outer := r.component
	r.component = component
	defer func() { r.component = outer }()
	built, err := r.kustomized(dir)
	if err != nil {
		failed(err)
		return
	}
	if over != nil {
		r.laid.layers = append(r.laid.layers, layering{r}.layersOf(over.written(), over.at.file, dir)...)
	}
	laid := r.laid // what is built may name others to build
	for _, res := range built.Resources() {
		r.built(res, dir, file, laid)
	}
}

// building is held while kustomize builds: its schema is one of the process
// (kubernetes-sigs/kustomize#3659).
var building sync.Mutex

// kustomized builds a kustomization with the settings that Flux uses (fluxcd/pkg/kustomize,
// Build). That parses the schema of Kubernetes anew for each, nine tenths of the time; here only
// one that brings a schema of its own needs that.
func (r *reader) kustomized(dir string) (resmap.ResMap, error) {
	building.Lock()
	defer building.Unlock()
	if r.laid.schema {
		return fluxkustomize.Build(r.fs, path.Join("/", dir))
	}
	return krusty.MakeKustomizer(&krusty.Options{LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig()}).Run(r.fs, path.Join("/", dir))
}

// annotate asks kustomize to note where each resource is from. It reports whether the
// kustomization is a component, which is a part of others.
func (r *reader) annotate(file string) (component bool, err error) {
	data, err := r.fs.ReadFile(file)
	if err != nil {
		return false, err
	}
	k := &types.Kustomization{}
	if err := k.Unmarshal(data); err != nil {
		return false, err
	}
	if !slices.Contains(k.BuildMetadata, types.OriginAnnotations) {
		k.BuildMetadata = append(k.BuildMetadata, types.OriginAnnotations)
	}
	if data, err = yaml.Marshal(k); err != nil {
		return false, err
	}
	r.fs.over[file] = data // build takes it away
	return k.Kind == types.ComponentKind, nil
}

// built keeps a resource that kustomize made.
func (r *reader) built(res *resource.Resource, dir, file string, laid laid) {
	annotations := res.GetAnnotations()
	from := struct {
		Path         string `json:"path"`
		ConfiguredIn string `json:"configuredIn"`
	}{}
	if err := yaml.Unmarshal([]byte(annotations[originAnnotation]), &from); err != nil {
		from.Path = ""
	}
	delete(annotations, originAnnotation)
	if err := res.SetAnnotations(annotations); err != nil {
		r.report(finding.Error, finding.Place{File: file}, "foreign/build", fmt.Sprintf("what %s builds cannot be read", file), r.words(err), "correct it")
		return
	}
	var v any
	b, err := res.MarshalJSON()
	if err == nil {
		numbers := json.NewDecoder(bytes.NewReader(b))
		numbers.UseNumber() // as they are written
		err = numbers.Decode(&v)
	}
	if err != nil {
		r.report(finding.Error, finding.Place{File: file}, "foreign/build", fmt.Sprintf("what %s builds cannot be read", file), r.words(err), "correct it")
		return
	}
	at := origin{file: file}
	files := laid.files // a patch may have replaced all annotations
	if from.Path != "" {
		files = []string{path.Join(dir, from.Path)}
	} else if from.ConfiguredIn != "" {
		at.file = path.Join(dir, from.ConfiguredIn)
		if kind := res.GetKind(); kind == "ConfigMap" || kind == "Secret" { // which a generator made
			files = nil
		}
	}
	for _, file := range files {
		if doc := r.find(file, res.GetKind(), res.GetName()); doc != nil {
			at.file, at.node = file, doc
		}
	}
	at.layers = laid.layers
	r.object(v, at)
}

// plainError is an error of kustomize without the path at which we show it the
// repository, on one line.
func plainError(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	return strings.ReplaceAll(text, "'/", "'")
}
