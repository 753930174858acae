package workload

import (
	"maps"
	"slices"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
)

// ConfigMapOf has a workload's files, as text where they are. It never changes: other
// files make another one.
func ConfigMapOf(u scope.Unit, w *workload.Resolved) []object.Made {
	files := w.Files.ConfigMap
	if files == nil {
		return nil
	}
	cm := &corev1.ConfigMap{ObjectMeta: w.Meta(files.Name), Immutable: ptr.To(true)}
	for _, key := range slices.Sorted(maps.Keys(files.Data)) {
		b := files.Data[key]
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
	return []object.Made{object.Of(u, kinds.ConfigMap, cm, files.At)}
}
