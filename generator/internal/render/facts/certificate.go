package facts

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/facts"
)

// How long an authority of one's own is valid, and when it is renewed. Our choice:
// every device that trusts it must be told of the next one.
const (
	authorityDuration = "87600h"
	authorityRenewal  = "8760h"
)

// issuer is the used part of the spec of cert-manager's ClusterIssuer (v1).
type issuer struct {
	CA         *caIssuer   `json:"ca,omitempty"`
	ACME       *acmeIssuer `json:"acme,omitempty"`
	SelfSigned *struct{}   `json:"selfSigned,omitempty"`
}

type caIssuer struct {
	SecretName string `json:"secretName"`
}

type acmeIssuer struct {
	Email      string                      `json:"email,omitempty"`
	Server     string                      `json:"server"`
	PrivateKey corev1.LocalObjectReference `json:"privateKeySecretRef"`
	Solvers    []map[string]any            `json:"solvers"`
}

// certificate is the used part of the spec of cert-manager's Certificate (v1).
type certificate struct {
	IsCA        bool           `json:"isCA"`
	CommonName  string         `json:"commonName"`
	SecretName  string         `json:"secretName"`
	Duration    string         `json:"duration"`
	RenewBefore string         `json:"renewBefore"`
	PrivateKey  certificateKey `json:"privateKey"`
	Issuer      issuerRef      `json:"issuerRef"`
}

type certificateKey struct {
	Algorithm      string `json:"algorithm"`
	Size           int    `json:"size"`
	RotationPolicy string `json:"rotationPolicy"`
}

type issuerRef struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Name  string `json:"name"`
}

// ClusterIssuers tell cert-manager who signs for hosts.
func ClusterIssuers(authorities []*facts.Authority) []object.Made {
	var out []object.Made
	for _, a := range authorities {
		if a.SelfSigned {
			out = append(out, selfSigned(a)...)
		}
		out = append(out, object.OfCustom(a.Unit, kinds.ClusterIssuer, object.FactMeta("", a.Name), issuerOf(a), a.At))
	}
	return out
}

// selfSigned has cert-manager make the Secret of an authority of one's own.
func selfSigned(a *facts.Authority) []object.Made {
	root := a.Name + "-root"
	return []object.Made{
		object.OfCustom(a.Unit, kinds.ClusterIssuer, object.FactMeta("", root), issuer{SelfSigned: &struct{}{}}, a.At),
		object.OfCustom(a.Unit, kinds.Certificate, object.FactMeta(a.Namespace, a.Secret), certificate{
			IsCA: true, CommonName: fmt.Sprintf("%.64s", a.Secret), SecretName: a.Secret, // X.520 allows 64 characters
			Duration: authorityDuration, RenewBefore: authorityRenewal,
			// With the same key, what trusts the old certificate takes those that the new one signs.
			PrivateKey: certificateKey{Algorithm: "ECDSA", Size: 256, RotationPolicy: "Never"},
			Issuer:     issuerRef{Group: kinds.GroupCertManager, Kind: kinds.ClusterIssuer.Kind, Name: root},
		}, a.At),
	}
}

func issuerOf(a *facts.Authority) issuer {
	if a.ACME == nil {
		return issuer{CA: &caIssuer{SecretName: a.Secret}}
	}
	return issuer{ACME: &acmeIssuer{
		Email: a.ACME.Email, Server: a.ACME.Server, PrivateKey: corev1.LocalObjectReference{Name: a.Name + "-account"}, Solvers: a.ACME.Solvers,
	}}
}
