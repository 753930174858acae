package render

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/git"
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

// files renders the workload's files: what is not secret into one ConfigMap
// that is named by its content, secrets as volumes of their Secrets.
func (p *pod) files() {
	p.own = map[string][]corev1.VolumeMount{}
	var plain []*mountedFile
	data := map[string][]byte{}
	for _, f := range p.listFiles() {
		forms := 0
		for _, said := range []bool{f.file.Text != nil, f.file.File != "", f.file.Dir != "", f.file.Secret != ""} {
			if said {
				forms++
			}
		}
		switch {
		case forms != 1:
			p.Error(f.at, "file/form", fmt.Sprintf("the file at %s has %d sources", f.path, forms), "a file is exactly one of text, file, dir or secret", "keep one")
		case f.file.Secret != "":
			p.secretFile(f)
		case p.read(f):
			for i := range f.contents {
				c := &f.contents[i]
				c.key = uniqueKey(data, c, f.path)
				data[c.key] = c.data
			}
			plain = append(plain, f)
		}
	}
	if len(plain) == 0 {
		return
	}
	origin := plain[0].at
	if origin[0] != p.w.at[0] { // a fact of the cluster that the app is told
		origin = p.w.at
	}
	name := p.configMap(data, origin)
	for _, f := range plain {
		p.mountFile(f, name, len(plain))
	}
}

func (p *pod) listFiles() []*mountedFile {
	var out []*mountedFile
	var main []string
	for _, c := range sorted(p.w.Containers) {
		main = append(main, "containers/"+c)
	}
	for _, at := range sorted(p.w.Files) {
		out = append(out, &mountedFile{at: p.w.at.Join("files", at), path: at, file: p.w.Files[at], containers: main})
	}
	out = append(out, p.tunnelFiles(main)...)
	for _, set := range append(p.w.sets(), set{"init", p.w.Init}) {
		for _, c := range sorted(set.containers) {
			for _, at := range sorted(set.containers[c].Files) {
				out = append(out, &mountedFile{
					at: p.w.at.Join(set.field, c, "files", at), path: at, file: set.containers[c].Files[at], containers: []string{set.field + "/" + c},
				})
			}
		}
	}
	return out
}

// read fills the contents of a file or directory.
func (p *pod) read(f *mountedFile) bool {
	switch {
	case f.file.Text != nil:
		f.contents = []content{{data: []byte(*f.file.Text)}}
		return true
	case f.file.File != "":
		b, err := p.readFile(f.file.File)
		f.contents = []content{{data: b}}
		return p.found(f.at.Join("file"), f.file.File, err)
	}
	root, err := p.inDirectory(f.file.Dir)
	if err == nil {
		err = fs.WalkDir(p.in.Files, root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(p.in.Files, name)
			f.contents = append(f.contents, content{rel: strings.TrimPrefix(name, root+"/"), data: git.Text(b)})
			return err
		})
	}
	if err == nil && len(f.contents) == 0 {
		err = errors.New("it holds no files")
	}
	return p.found(f.at.Join("dir"), f.file.Dir, err)
}

// inDirectory is a path of the cluster's directory as one of the repository.
func (r *scope) inDirectory(name string) (string, error) {
	if name == "." {
		return "", errors.New("that is the cluster's directory itself")
	}
	if !fs.ValidPath(name) {
		return "", errors.New("it lies outside of the cluster's directory")
	}
	return path.Join(r.in.Dir, name), nil
}

// readFile reads a file of the cluster's directory. Text has LF line ends, however
// it was checked out.
func (r *scope) readFile(name string) ([]byte, error) {
	full, err := r.inDirectory(name)
	if err != nil {
		return nil, err
	}
	b, err := fs.ReadFile(r.in.Files, full)
	return git.Text(b), err
}

// found reports a file that is not there, or not to be read. One that is there and
// cannot be read fails the rendering: nobody wrote anything wrong.
func (r *scope) found(at model.Path, name string, err error) bool {
	if err == nil {
		return true
	}
	var failure syscall.Errno
	named := []syscall.Errno{syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.EINVAL, syscall.EILSEQ, syscall.EISDIR} // by a name that no file has
	if errors.As(err, &failure) && !slices.Contains(named, failure) {
		if r.err == nil {
			r.err = fmt.Errorf("read %s: %w", path.Join(r.in.Dir, name), unreadable(err))
		}
		return false
	}
	contrast := err.Error()
	var known []string
	if errors.Is(err, syscall.EISDIR) {
		contrast = "it is a directory"
	}
	if errors.Is(err, fs.ErrNotExist) {
		contrast = fmt.Sprintf("there is none in %s", r.in.Dir)
		if full, err := r.inDirectory(name); err == nil {
			entries, _ := fs.ReadDir(r.in.Files, path.Dir(full)) // none when there is no such directory
			for _, e := range entries {
				known = append(known, path.Join(path.Dir(name), e.Name()))
			}
		}
	}
	r.Error(at, "file/unreadable", fmt.Sprintf("%q is read here", name), contrast, didYouMean(name, known, "files are named relative to the cluster's directory"))
	return false
}

// unreadable is an error about a file of the repository, on the path that it has
// there.
func unreadable(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
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

// configMap puts the ConfigMap into the unit and returns its name.
func (p *pod) configMap(data map[string][]byte, origin model.Path) string {
	hash, size := sha256.New(), 0
	cm := &corev1.ConfigMap{Immutable: ptr(true)}
	for _, key := range sorted(data) {
		b := data[key]
		size += len(key) + len(b)
		_, _ = fmt.Fprintf(hash, "%q %d\n%s", key, len(b), b) // a hash never returns an error
		if utf8.Valid(b) {
			if cm.Data == nil {
				cm.Data = map[string]string{}
			}
			cm.Data[key] = string(b)
			continue
		}
		if cm.BinaryData == nil {
			cm.BinaryData = map[string][]byte{}
		}
		cm.BinaryData[key] = b
	}
	if size > maxConfigMap {
		p.Error(origin, "file/too-large", fmt.Sprintf("the files of %s have %d bytes", p.w.full, size),
			fmt.Sprintf("a ConfigMap holds at most %d", maxConfigMap), "put them on a volume")
	}
	cm.ObjectMeta = meta(p.w, fmt.Sprintf("%s-files-%s", p.w.full, hex.EncodeToString(hash.Sum(nil))[:10]))
	p.add(p.appUnit(p.w.appName), kindConfigMap, cm, origin)
	return cm.Name
}

// mountFile mounts one file or directory of the ConfigMap. A directory gets a
// volume of its own; single files share one, each by its key.
func (p *pod) mountFile(f *mountedFile, configMap string, count int) {
	source := &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: configMap}}
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
		volume = p.slug("files", f.path)
	}
	p.volume(corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{ConfigMap: source}})
	m := corev1.VolumeMount{Name: volume, MountPath: f.path, ReadOnly: true}
	if f.file.Dir == "" {
		m.SubPath = f.contents[0].key
	}
	for _, c := range f.containers {
		p.own[c] = append(p.own[c], m)
	}
}

// secretFile mounts one key of a Secret.
func (p *pod) secretFile(f *mountedFile) {
	s, key := p.secretKey(f.at.Join("secret"), p.w, f.file.Secret)
	if s == nil {
		return
	}
	p.reads(s)
	volume := "secret-" + s.alias
	defaultMode := int32(0o440)
	if p.w.User == nil && p.w.Group == nil { // no group owns the files, so that only the reader's own rights count
		defaultMode = 0o444
	}
	if m := mode(f.file.Mode); m != nil {
		volume, defaultMode = p.slug(volume, f.path), *m
	}
	p.volume(corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: s.name, DefaultMode: &defaultMode}}})
	for _, c := range f.containers {
		p.own[c] = append(p.own[c], corev1.VolumeMount{Name: volume, MountPath: f.path, SubPath: key, ReadOnly: true})
	}
}

func mode(octal string) *int32 {
	m, err := strconv.ParseInt(octal, 8, 32)
	if err != nil { // not said: the schema takes nothing else
		return nil
	}
	return ptr(int32(m))
}

func shortHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:10]
}
