package render

import (
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
)

// configMapOf has a workload's files, as text where they are. It never changes: other
// files make another one.
func configMapOf(u unit, w *resolvedWorkload) []made {
	files := w.files.configMap
	if files == nil {
		return nil
	}
	cm := &corev1.ConfigMap{ObjectMeta: w.meta(files.name), Immutable: ptr(true)}
	for _, key := range sorted(files.data) {
		b := files.data[key]
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
	return []made{of(u, kindConfigMap, cm, files.at)}
}
