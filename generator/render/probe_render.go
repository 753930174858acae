package render

import (
	"math"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// probeOf asks as often as is declared, else as Kubernetes does.
func probeOf(in *probe) *corev1.Probe {
	if in == nil {
		return nil
	}
	out := &corev1.Probe{FailureThreshold: in.Failures}
	if in.Every != 0 {
		out.PeriodSeconds = seconds(time.Duration(in.Every))
	}
	if in.Timeout != 0 {
		out.TimeoutSeconds = seconds(time.Duration(in.Timeout))
	}
	port := intstr.FromString(in.port)
	switch {
	case len(in.Command) > 0:
		out.Exec = &corev1.ExecAction{Command: in.Command}
	case in.Path == "":
		out.TCPSocket = &corev1.TCPSocketAction{Port: port}
	default:
		out.HTTPGet = &corev1.HTTPGetAction{Path: in.Path, Port: port, Scheme: corev1.URIScheme(in.Scheme)}
	}
	return out
}

// startupProbeOf asks until the container has had the time that it may take to start.
func startupProbeOf(in *probe) *corev1.Probe {
	out := probeOf(in)
	if out != nil && in.Failures == 0 {
		out.FailureThreshold = times(in.Within.Or(5*time.Minute), in.Every.Or(10*time.Second))
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
