package render

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// pod makes the template of a workload's pods, with the claims, ConfigMaps and
// account that it needs put into the app's unit.
func (r *renderer) pod(w *workload) corev1.PodTemplateSpec {
	p := &pod{renderer: r, w: w, hash: sha256.New()}
	p.Labels = w.labels
	p.Spec = corev1.PodSpec{
		ServiceAccountName:           w.accountName(),
		AutomountServiceAccountToken: ptr(r.usesAPI(w)),
		EnableServiceLinks:           ptr(false),
		SecurityContext:              r.podSecurity(w),
		HostNetwork:                  w.HostNetwork != "",
	}
	if w.HostNetwork != "" {
		p.Spec.DNSPolicy = corev1.DNSClusterFirstWithHostNet
	}
	if w.Grace != 0 {
		p.Spec.TerminationGracePeriodSeconds = ptr(seconds64(time.Duration(w.Grace)))
	}
	if w.Importance != "" && w.Importance != "normal" {
		p.Spec.PriorityClassName = priorityName(w.Importance)
	}
	if kind := w.kind(); kind == "Job" || kind == "CronJob" {
		p.Spec.RestartPolicy = corev1.RestartPolicyOnFailure
	}
	if len(w.Containers) == 0 {
		r.Error(w.at, "app/missing-field", w.full+" has no containers", "a workload runs at least one", `add containers: main: image: "…"`)
	}
	p.volumes()
	p.files()
	for _, name := range sorted(w.Init) {
		p.Spec.InitContainers = append(p.Spec.InitContainers, p.container("init", name, w.Init[name]))
	}
	for _, name := range sorted(w.Sidecars) {
		c := p.container("sidecars", name, w.Sidecars[name])
		c.RestartPolicy = ptr(corev1.ContainerRestartPolicyAlways)
		p.Spec.InitContainers = append(p.Spec.InitContainers, c)
	}
	for _, name := range sorted(w.Containers) {
		p.Spec.Containers = append(p.Spec.Containers, p.container("containers", name, w.Containers[name]))
	}
	r.place(w, &p.Spec, p.arches)
	p.annotate()
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: p.Labels, Annotations: p.Annotations}, Spec: p.Spec}
}

// pod is a template in the making.
type pod struct {
	*renderer
	w           *workload
	Labels      map[string]string
	Annotations map[string]string
	Spec        corev1.PodSpec
	hash        hasher                          // over the SOPS files that the pod reads
	secretFiles map[string]bool                 // those that are in the hash
	mounted     map[string][]corev1.VolumeMount // of the main containers
	own         map[string][]corev1.VolumeMount // by container, those from its files
	backup      []string                        // volumes whose files are backed up
	arches      []imageArches
	exempt      []string
}

type hasher interface {
	Write(p []byte) (int, error)
	Sum(b []byte) []byte
}

// reads notes that the pod depends on a secret, so that it rolls when that changes.
func (p *pod) reads(s *secret) {
	if s == nil || s.bytes == nil || p.secretFiles[s.file] {
		return
	}
	if p.secretFiles == nil {
		p.secretFiles = map[string]bool{}
	}
	p.secretFiles[s.file] = true
	_, _ = p.hash.Write(s.bytes) // a hash never returns an error
}

func (p *pod) annotate() {
	p.Annotations = map[string]string{}
	if len(p.secretFiles) > 0 {
		p.Annotations[annotationSecrets] = hex.EncodeToString(p.hash.Sum(nil))[:16]
	}
	if len(p.backup) > 0 {
		p.Annotations["backup.velero.io/backup-volumes"] = strings.Join(p.backup, ",")
	}
	if p.w.HostNetwork != "" {
		p.exempt = append(p.exempt, "hostNetwork: "+p.w.HostNetwork)
	}
	if len(p.exempt) > 0 {
		p.Annotations[annotationExemptions] = strings.Join(p.exempt, "\n")
	}
	if len(p.Annotations) == 0 {
		p.Annotations = nil
	}
}

// path is where a container of the pod stands.
func (p *pod) path(field, name string) model.Path { return p.w.at.Join(field, name) }

// seconds rounds up.
func seconds(d time.Duration) int32 { return times(d, time.Second) }

// times is how many periods cover d, at most as many as Kubernetes counts to.
func times(d, period time.Duration) int32 {
	n := int64(d / period)
	if d%period > 0 {
		n++
	}
	return int32(min(n, math.MaxInt32)) //nolint:gosec // bounded, and durations have no minus
}

func seconds64(d time.Duration) int64 { return int64(seconds(d)) }
