package resolve

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// unread notes YAML files in the cluster's directory that its CUE does not name: they are
// neither rendered nor applied. What CUE embeds is read by CUE. A file that is named and not
// there may be one of them under another name, and is reported. Where Flux was bootstrapped
// into the directory itself, it applies what lies there.
func (r declarations) unread() {
	files := r.yamlFiles()
	misnamed := slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Code == "file/unreadable" })
	bootstrapped := slices.ContainsFunc(files, func(file string) bool { return path.Base(file) == "gotk-sync.yaml" })
	if len(files) == 0 || misnamed || bootstrapped {
		return
	}
	named, embedded := r.named(), r.embedded()
	files = slices.DeleteFunc(files, func(file string) bool {
		for dir := file; dir != "."; dir = path.Dir(dir) {
			if named[dir] {
				return true
			}
		}
		return slices.ContainsFunc(embedded, func(pattern string) bool {
			fits, err := path.Match(pattern, file)
			return err == nil && fits
		})
	})
	if len(files) == 0 {
		return
	}
	f := finding.Finding{
		Code: "cluster/unread", Severity: finding.Note, Place: finding.Place{File: path.Join(r.Inputs.Dir, files[0]), Line: 1, Column: 1}, Path: "cluster",
		Problem: fmt.Sprintf("nothing in cluster %s reads %s", r.Desired.Cluster.Name, finding.AllSorted(files)),
		Detail:  "stillsuit renders what the CUE of the cluster names, and Flux applies what is rendered",
		Fix:     "write it as CUE, name it in files or secrets, or move it out of the cluster's directory",
	}
	for _, file := range files[1:] {
		f.Related = append(f.Related, finding.Related{Place: finding.Place{File: path.Join(r.Inputs.Dir, file), Line: 1, Column: 1}, What: "not read either"})
	}
	r.Findings = append(r.Findings, f)
}

// yamlFiles are the YAML files in the cluster's directory, relative to it. Hidden ones are
// of other programs. A directory that cannot be read has none.
func (r declarations) yamlFiles() []string {
	if r.Inputs.Files == nil {
		return nil
	}
	var out []string
	_ = fs.WalkDir(r.Inputs.Files, r.Inputs.Dir, func(name string, d fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil:
			return fs.SkipDir
		case name != r.Inputs.Dir && strings.HasPrefix(base, ".") || base == "cue.mod":
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && (path.Ext(base) == ".yaml" || path.Ext(base) == ".yml"):
			out = append(out, strings.TrimPrefix(name, r.Inputs.Dir+"/"))
		}
		return nil
	})
	return out
}

// named are all texts of what is declared, as paths: one of them may name a file or a
// directory.
func (r declarations) named() map[string]bool {
	out := map[string]bool{}
	var walk func(value any)
	walk = func(value any) {
		switch v := value.(type) {
		case string:
			if len(v) < 1000 {
				out[path.Clean(v)] = true
			}
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	d := r.Desired
	for _, part := range []any{d.Cluster, d.Apps, d.Charts, d.Namespaces, d.RBAC} {
		var value any
		if b, err := json.Marshal(part); err == nil && json.Unmarshal(b, &value) == nil {
			walk(value)
		}
	}
	return out
}

var embed = regexp.MustCompile(`@embed\((?:file|glob)="?([^",)]+)`)

// embedded are the names and patterns of files that the cluster's CUE files embed.
func (r declarations) embedded() []string {
	var out []string
	for _, file := range r.Desired.Files {
		if !strings.HasPrefix(file, r.Inputs.Dir+"/") {
			continue
		}
		if b, err := fs.ReadFile(r.Inputs.Files, file); err == nil {
			for _, found := range embed.FindAllStringSubmatch(string(b), -1) {
				out = append(out, found[1])
			}
		}
	}
	return out
}
