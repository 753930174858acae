package workload

import (
	"maps"
	"math"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/internal/resolve/workload"
)

// probeOf asks as often as is declared, else as Kubernetes does.
func probeOf(in *workload.Probe) *corev1.Probe {
	if in == nil {
		return nil
	}
	out := &corev1.Probe{FailureThreshold: in.Declared.Failures}
	if in.Declared.Every != 0 {
		out.PeriodSeconds = seconds(time.Duration(in.Declared.Every))
	}
	if in.Declared.Timeout != 0 {
		out.TimeoutSeconds = seconds(time.Duration(in.Declared.Timeout))
	}
	port := intstr.FromString(in.Port)
	switch {
	case len(in.Declared.Command) > 0:
		out.Exec = &corev1.ExecAction{Command: in.Declared.Command}
	case in.Declared.Path == "":
		out.TCPSocket = &corev1.TCPSocketAction{Port: port}
	default:
		out.HTTPGet = &corev1.HTTPGetAction{Path: in.Declared.Path, Port: port, Scheme: corev1.URIScheme(in.Declared.Scheme)}
		for _, name := range slices.Sorted(maps.Keys(in.Declared.Headers)) {
			out.HTTPGet.HTTPHeaders = append(out.HTTPGet.HTTPHeaders, corev1.HTTPHeader{Name: name, Value: in.Declared.Headers[name]})
		}
	}
	return out
}

// startupProbeOf asks until the container has had the time that it may take to start.
func startupProbeOf(in *workload.Probe) *corev1.Probe {
	out := probeOf(in)
	if out != nil && in.Declared.Failures == 0 {
		out.FailureThreshold = times(in.Declared.Within.Or(5*time.Minute), in.Declared.Every.Or(10*time.Second))
	}
	return out
}

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
