package workload

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/git"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// maxConfigMap is what the API server takes: 1 MiB in all
// (kubernetes.io/docs/concepts/configuration/configmap).
const maxConfigMap = 1 << 20

// content is one file of the workload's ConfigMap.
type content struct {
	key  string // in the ConfigMap
	rel  string // below the directory, for files of one; else ""
	data []byte
}

// mountedFile is a file or directory at a path of some containers.
type mountedFile struct {
	at         model.Path
	path       string
	file       *model.File
	containers []string // field/name
	contents   []content
}

// files are those of a workload: what is not secret lies in one ConfigMap that is named by
// its content, and secrets in volumes of their Secrets.
type files struct {
	volumes   []corev1.Volume
	mounts    map[string][]corev1.VolumeMount // by container: field/name
	secrets   []*scope.Secret
	ConfigMap *configMap
}

// configMap has the files of a workload that are not secret.
type configMap struct {
	Name string
	Data map[string][]byte
	At   model.Path
}

// fileReader resolves the files of workloads.
type fileReader struct{ *scope.Scope }

// files resolves the files of a workload.
func (r fileReader) files(w *scope.Workload) files {
	out := files{mounts: map[string][]corev1.VolumeMount{}}
	var plain []*mountedFile
	data := map[string][]byte{}
	for _, f := range r.listFiles(w) {
		forms := 0
		for _, said := range []bool{f.file.Text != nil, f.file.File != "", f.file.Dir != "", f.file.Secret != ""} {
			if said {
				forms++
			}
		}
		switch {
		case forms != 1:
			r.Error(f.at, "file/form", fmt.Sprintf("the file at %s has %d sources", f.path, forms), "a file is exactly one of text, file, dir or secret", "keep one")
		case f.file.Secret != "":
			if s, key := r.KeyOf(f.at.Join("secret"), &w.Party, w.App.Secrets, f.file.Secret); s != nil {
				out.secret(w, f, s, key)
			}
		case r.read(f):
			for i := range f.contents {
				c := &f.contents[i]
				c.key = uniqueKey(data, c, f.path)
				data[c.key] = c.data
			}
			plain = append(plain, f)
		}
	}
	if len(plain) == 0 {
		return out
	}
	origin := plain[0].at
	if origin[0] != w.At[0] { // a fact of the cluster that the app is told
		origin = w.At
	}
	out.ConfigMap = r.configMap(w, data, origin)
	for _, f := range plain {
		out.mount(f, len(plain))
	}
	return out
}

func (r fileReader) listFiles(w *scope.Workload) []*mountedFile {
	var out []*mountedFile
	var main []string
	for _, c := range slices.Sorted(maps.Keys(w.Declared.Containers)) {
		main = append(main, "containers/"+c)
	}
	for _, at := range slices.Sorted(maps.Keys(w.Declared.Files)) {
		out = append(out, &mountedFile{at: w.At.Join("files", at), path: at, file: w.Declared.Files[at], containers: main})
	}
	out = append(out, r.tunnelFiles(w, main)...)
	for _, set := range append(w.Sets(), scope.Set{Field: "init", Containers: w.Declared.Init}) {
		for _, c := range slices.Sorted(maps.Keys(set.Containers)) {
			for _, at := range slices.Sorted(maps.Keys(set.Containers[c].Files)) {
				out = append(out, &mountedFile{
					at: w.At.Join(set.Field, c, "files", at), path: at, file: set.Containers[c].Files[at], containers: []string{set.Field + "/" + c},
				})
			}
		}
	}
	return out
}

// read fills the contents of a file or directory.
func (r fileReader) read(f *mountedFile) bool {
	switch {
	case f.file.Text != nil:
		f.contents = []content{{data: []byte(*f.file.Text)}}
		return true
	case f.file.File != "":
		b, err := r.ReadFile(f.file.File)
		f.contents = []content{{data: b}}
		return r.Found(f.at.Join("file"), f.file.File, err)
	}
	root, err := r.InDirectory(f.file.Dir)
	if err == nil {
		err = fs.WalkDir(r.Inputs.Files, root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(r.Inputs.Files, name)
			f.contents = append(f.contents, content{rel: strings.TrimPrefix(name, root+"/"), data: git.Text(b)})
			return err
		})
	}
	if err == nil && len(f.contents) == 0 {
		err = errors.New("it holds no files")
	}
	return r.Found(f.at.Join("dir"), f.file.Dir, err)
}

// uniqueKey is the file's name, or its whole path when that is taken.
func uniqueKey(taken map[string][]byte, c *content, at string) string {
	full := path.Join(at, c.rel)
	key := safeKey(path.Base(full))
	if _, twice := taken[key]; !twice {
		return key
	}
	key = safeKey(strings.Trim(full, "/"))
	for i := 2; ; i++ {
		if _, twice := taken[key]; !twice {
			return key
		}
		key = safeKey(strings.Trim(full, "/")) + "-" + strconv.Itoa(i)
	}
}

// safeKey keeps what a ConfigMap's key may hold.
func safeKey(name string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			return c
		}
		return '_'
	}, name)
}

// configMap names the ConfigMap by what is in it, and reports one that is too large.
func (r fileReader) configMap(w *scope.Workload, data map[string][]byte, origin model.Path) *configMap {
	hash, size := sha256.New(), 0
	for _, key := range slices.Sorted(maps.Keys(data)) {
		b := data[key]
		size += len(key) + len(b)
		_, _ = fmt.Fprintf(hash, "%q %d\n%s", key, len(b), b) // a hash never returns an error
	}
	if size > maxConfigMap {
		r.Error(origin, "file/too-large", fmt.Sprintf("the files of %s have %d bytes", w.Full, size),
			fmt.Sprintf("a ConfigMap holds at most %d", maxConfigMap), "put them on a volume")
	}
	return &configMap{fmt.Sprintf("%s-files-%s", w.Full, hex.EncodeToString(hash.Sum(nil))[:10]), data, origin}
}

// mount mounts one file or directory of the ConfigMap. A directory gets a
// volume of its own; single files share one, each by its key.
func (r *files) mount(f *mountedFile, count int) {
	source := &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: r.ConfigMap.Name}}
	if f.file.Dir != "" || f.file.Mode != "" {
		for _, c := range f.contents {
			item := corev1.KeyToPath{Key: c.key, Path: c.rel, Mode: mode(f.file.Mode)}
			if c.rel == "" {
				item.Path = c.key
			}
			source.Items = append(source.Items, item)
		}
	}
	volume := "files"
	if len(source.Items) > 0 && count > 1 {
		volume = slug("files", f.path)
	}
	r.volumes = append(r.volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{ConfigMap: source}})
	m := corev1.VolumeMount{Name: volume, MountPath: f.path, ReadOnly: true}
	if f.file.Dir == "" {
		m.SubPath = f.contents[0].key
	}
	for _, c := range f.containers {
		r.mounts[c] = append(r.mounts[c], m)
	}
}

// secret mounts one key of a Secret.
func (r *files) secret(w *scope.Workload, f *mountedFile, s *scope.Secret, key string) {
	r.secrets = append(r.secrets, s)
	volume := "secret-" + s.Alias
	defaultMode := int32(0o440)
	if w.Declared.User == nil && w.Declared.Group == nil { // no group owns the files, so that only the reader's own rights count
		defaultMode = 0o444
	}
	if m := mode(f.file.Mode); m != nil {
		volume, defaultMode = slug(volume, f.path), *m
	}
	r.volumes = append(r.volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: s.Name, DefaultMode: &defaultMode}}})
	for _, c := range f.containers {
		r.mounts[c] = append(r.mounts[c], corev1.VolumeMount{Name: volume, MountPath: f.path, SubPath: key, ReadOnly: true})
	}
}

func mode(octal string) *int32 {
	m, err := strconv.ParseInt(octal, 8, 32)
	if err != nil { // not said: the schema takes nothing else
		return nil
	}
	return ptr.To(int32(m))
}

func shortHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:10]
}
