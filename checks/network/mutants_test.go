package network_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/checks/network"
)

// TestMutants changes every address that policies of a cluster admit, and notices each: nodes
// under their home addresses, as they are not seen on flannel's overlay; the whole pod range,
// which lets in other pods; another node; nobody; and everybody.
func TestMutants(t *testing.T) {
	m := mode{name: "flannel", cni: "flannel", ranges: true}
	for _, mutant := range []struct {
		name   string
		change func(*networkingv1.NetworkPolicySpec)
		wrong  []string
	}{
		{"none", func(*networkingv1.NetworkPolicySpec) {}, nil},
		{"home addresses", blocks("10.42.0.0/32", "192.168.1.11/32"), []string{"host peer app home-assistant on node pi1 (10.42.0.0) -> app wyoming/whisper:10300/TCP: denied", "webhook node pi1 (10.42.0.0) -> chart cert-manager:10250/TCP: denied"}},
		{"another node", blocks("10.42.0.0/32", "10.42.1.0/32"), []string{
			"host peer app home-assistant on node pi1 (10.42.0.0) -> app wyoming/whisper:10300/TCP: denied",
			"stranger node pi2 (10.42.1.0) -> chart cert-manager:10250/TCP: admitted",
			"webhook node pi1 (10.42.0.0) -> chart cert-manager:10250/TCP: denied",
		}},
		{"any pod", blocks("10.42.0.0/32", "10.42.0.0/16"), []string{
			"stranger any other pod -> app wyoming/whisper:10300/TCP: admitted",
			"stranger any other pod -> chart cert-manager:10250/TCP: admitted",
			"stranger node pi2 (10.42.1.0) -> chart cert-manager:10250/TCP: admitted",
		}},
		{"any pod of the node", blocks("10.42.0.0/32", "10.42.0.0/24"), []string{
			"stranger any other pod -> app wyoming/whisper:10300/TCP: admitted",
			"stranger any other pod -> chart cert-manager:10250/TCP: admitted",
		}},
	} {
		t.Run(mutant.name, func(t *testing.T) {
			subject := rendered(t, "testdata/demo", "demo", &m)
			for _, o := range subject.Objects {
				if p, is := o.Value.(*networkingv1.NetworkPolicy); is {
					mutant.change(&p.Spec)
				}
			}
			table, err := network.Table(subject)
			require.NoError(t, err)
			var wrong []string
			for line := range strings.Lines(table) {
				if line, is := strings.CutSuffix(line, " WRONG\n"); is {
					wrong = append(wrong, line)
				}
			}
			require.Equal(t, mutant.wrong, wrong)
		})
	}
}

// blocks puts one block in the place of another.
func blocks(from, to string) func(*networkingv1.NetworkPolicySpec) {
	return func(spec *networkingv1.NetworkPolicySpec) {
		for _, rule := range spec.Ingress {
			for i := range rule.From {
				if b := rule.From[i].IPBlock; b != nil && b.CIDR == from {
					b.CIDR = to
				}
			}
		}
	}
}
