package custom

import (
	"reflect"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/finding"
)

// metadataFields are the fields of metadata, those included that Kubernetes does not read
// any longer.
func metadataFields() []string {
	var out []string
	for f := range reflect.TypeFor[metav1.ObjectMeta]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

// suggest is the candidate that a word is a plausible typo of: one edit for up to 5 letters,
// two for up to 9, three beyond.
func suggest(word string, candidates []string) string {
	like := finding.Suggest(word, candidates)
	edits := 3
	switch n := len([]rune(word)); {
	case n <= 5:
		edits = 1
	case n <= 9:
		edits = 2
	}
	if like == "" || !finding.Near(word, like, edits) {
		return ""
	}
	return like
}
