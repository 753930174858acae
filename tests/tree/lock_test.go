package tree_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
)

// canonical: a lock can be read, and has the bytes that writing it would give.
func canonical(b []byte) []string {
	l, err := lock.Parse(b)
	if err != nil {
		return []string{err.Error()}
	}
	again, err := l.Marshal()
	if err != nil {
		return []string{err.Error()}
	}
	if string(again) != string(b) {
		return []string{"the lock is not canonical"}
	}
	var out []string
	for ref, image := range l.Images {
		if !slices.IsSorted(image.Platforms) || len(slices.Compact(slices.Clone(image.Platforms))) != len(image.Platforms) {
			out = append(out, ref+": its platforms are not sorted, each once")
		}
		if _, err := time.Parse(time.DateOnly, image.Seen); image.Seen != "" && err != nil {
			out = append(out, fmt.Sprintf("%s: %v", ref, err))
		}
	}
	return out
}

func TestCommittedLockIsCanonical(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(repository, lock.File))
	require.NoError(t, err)
	require.Empty(t, canonical(b))

	for from, to := range map[string]string{
		"  \"version\": 1": "\"version\": 1",
		"\"version\": 1":   "\"version\": 2",
		"sha256:":          "sha512:",
		"\"platforms\"":    "\"platform\"",
		"\"linux/arm64\"":  "\"linux/arm64\", \"linux/386\"",
	} {
		broken := strings.Replace(string(b), from, to, 1)
		require.NotEqual(t, string(b), broken)
		require.NotEmpty(t, canonical([]byte(broken)), to)
	}
}

// jsonSchema is the part of JSON Schema that images.lock.schema.json is written in.
type jsonSchema struct {
	Version              string                 `json:"$schema"`
	ID                   string                 `json:"$id"`
	Ref                  string                 `json:"$ref"`
	Title                string                 `json:"title"`
	Description          string                 `json:"description"`
	Type                 string                 `json:"type"`
	Required             []string               `json:"required"`
	AdditionalProperties json.RawMessage        `json:"additionalProperties"`
	Properties           map[string]*jsonSchema `json:"properties"`
	PropertyNames        *jsonSchema            `json:"propertyNames"`
	Items                *jsonSchema            `json:"items"`
	OneOf                []*jsonSchema          `json:"oneOf"`
	Defs                 map[string]*jsonSchema `json:"$defs"`
	Pattern              string                 `json:"pattern"`
	Format               string                 `json:"format"`
	Const                any                    `json:"const"`
	Enum                 []string               `json:"enum"`
	MinItems             int                    `json:"minItems"`
	MaxItems             int                    `json:"maxItems"`
	MinLength            int                    `json:"minLength"`
	MinProperties        int                    `json:"minProperties"`
	Minimum              int                    `json:"minimum"`
	UniqueItems          bool                   `json:"uniqueItems"`
}

func readSchema(t *testing.T) *jsonSchema {
	t.Helper()
	f, err := os.Open(filepath.Join(repository, "schemas/images.lock.schema.json"))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	s := &jsonSchema{}
	require.NoError(t, d.Decode(s))
	return s
}

// fields are the JSON names of a struct's fields, and those that are never left out.
func fields(v any) (all, always []string) {
	for i := range reflect.TypeOf(v).NumField() {
		name, options, _ := strings.Cut(reflect.TypeOf(v).Field(i).Tag.Get("json"), ",")
		all = append(all, name)
		if options == "" {
			always = append(always, name)
		}
	}
	slices.Sort(all)
	slices.Sort(always)
	return all, always
}

// agrees compares the schema with what package lock reads and writes, and the
// lock's strings with the schema's patterns.
func agrees(s *jsonSchema, l *lock.Lock) []string {
	var out []string
	image, former := s.Defs["image"], s.Defs["former"]
	for name, pair := range map[string]struct {
		s *jsonSchema
		v any
	}{"the lock": {s, lock.Lock{}}, "an image": {image, lock.Image{}}, "a former digest": {former, lock.Former{}}} {
		all, always := fields(pair.v)
		if got := slices.Sorted(maps.Keys(pair.s.Properties)); !slices.Equal(got, all) {
			out = append(out, fmt.Sprintf("%s has %v, in the schema %v", name, all, got))
		}
		if got := slices.Sorted(slices.Values(pair.s.Required)); !slices.Equal(got, always) || string(pair.s.AdditionalProperties) != "false" {
			out = append(out, fmt.Sprintf("%s always has %v and nothing unknown, in the schema %v and %s", name, always, got, pair.s.AdditionalProperties))
		}
	}
	if got := image.Properties["provenance"].Enum; !slices.Equal(got, []string{string(lock.Registry), string(lock.Declared)}) {
		out = append(out, fmt.Sprintf("the provenances are %v", got))
	}
	if got := image.Properties["history"].MaxItems; got != lock.MaxHistory {
		out = append(out, fmt.Sprintf("a history has at most %d entries, in the schema %d", lock.MaxHistory, got))
	}
	match := func(pattern, value string) {
		if re, err := regexp.Compile(pattern); err != nil || pattern == "" || !re.MatchString(value) {
			out = append(out, fmt.Sprintf("%s does not match %q: %v", value, pattern, err))
		}
	}
	for ref, i := range l.Images {
		match(s.Properties["images"].PropertyNames.Pattern, ref)
		if i.Digest != "" {
			match(image.Properties["digest"].Pattern, i.Digest)
		}
		for p, user := range i.Users {
			match(image.Properties["users"].PropertyNames.Pattern, p)
			match(additional(image.Properties["users"]).Pattern, user)
		}
		for p, digest := range i.Manifests {
			match(image.Properties["manifests"].PropertyNames.Pattern, p)
			match(additional(image.Properties["manifests"]).Pattern, digest)
		}
		for p, size := range i.Sizes {
			match(image.Properties["sizes"].PropertyNames.Pattern, p)
			if least := additional(image.Properties["sizes"]).Minimum; size < int64(least) || least < 1 {
				out = append(out, fmt.Sprintf("%d bytes for %s, and at least %d in the schema", size, p, least))
			}
		}
		for _, f := range i.History {
			match(former.Properties["digest"].Pattern, f.Digest)
			match(former.Properties["seen"].Pattern, f.Seen)
		}
		for _, p := range i.Platforms {
			match(image.Properties["platforms"].Items.Pattern, p)
		}
		if i.Seen != "" {
			match(image.Properties["seen"].Pattern, i.Seen)
		}
	}
	return out
}

// additional is the schema of an object's values.
func additional(s *jsonSchema) *jsonSchema {
	values := &jsonSchema{}
	if json.Unmarshal(s.AdditionalProperties, values) != nil {
		return &jsonSchema{} // which matches nothing
	}
	return values
}

func TestSchemaOfTheLockAgreesWithTheCode(t *testing.T) {
	s := readSchema(t)
	require.Equal(t, "https://json-schema.org/draft/2020-12/schema", s.Version)
	require.JSONEq(t, `{"$ref": "#/$defs/image"}`, string(s.Properties["images"].AdditionalProperties))
	l, err := lock.Read(os.DirFS(repository))
	require.NoError(t, err)
	require.NotEmpty(t, l.Images)
	digest := "sha256:" + strings.Repeat("0", 64)
	l.Images["docker.io/library/example:1.0.0"] = lock.Image{ // every field
		Digest: digest, Platforms: []string{"linux/arm/v7"}, Manifests: map[string]string{"linux/arm/v7": digest},
		Sizes: map[string]int64{"linux/arm/v7": 1}, Users: map[string]string{"linux/arm/v7": "1000:1000"}, History: []lock.Former{{Digest: digest, Seen: "2026-11-21"}},
	}
	require.Empty(t, agrees(s, l))

	for name, mutate := range map[string]func(s *jsonSchema){
		"a field too few":      func(s *jsonSchema) { delete(s.Defs["image"].Properties, "seen") },
		"not required":         func(s *jsonSchema) { s.Defs["image"].Required = nil },
		"unknown fields":       func(s *jsonSchema) { s.AdditionalProperties = nil },
		"no size at all":       func(s *jsonSchema) { s.Defs["image"].Properties["sizes"].AdditionalProperties = []byte("true") },
		"no user at all":       func(s *jsonSchema) { s.Defs["image"].Properties["users"].AdditionalProperties = []byte("true") },
		"a longer history":     func(s *jsonSchema) { s.Defs["image"].Properties["history"].MaxItems = 11 },
		"a provenance more":    func(s *jsonSchema) { s.Defs["image"].Properties["provenance"].Enum = []string{"registry", "guessed"} },
		"a tight pattern":      func(s *jsonSchema) { s.Properties["images"].PropertyNames.Pattern = "^quay.io/" },
		"no pattern":           func(s *jsonSchema) { s.Defs["image"].Properties["digest"].Pattern = "" },
		"a pattern that fails": func(s *jsonSchema) { s.Defs["image"].Properties["platforms"].Items.Pattern = "(" },
	} {
		s := readSchema(t)
		mutate(s)
		require.NotEmpty(t, agrees(s, l), name)
	}
}
