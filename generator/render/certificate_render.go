package render

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
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

// clusterIssuers tell cert-manager who signs for hosts.
func clusterIssuers(authorities []*authority) []made {
	var out []made
	for _, a := range authorities {
		if a.selfSigned {
			out = append(out, selfSigned(a)...)
		}
		out = append(out, ofCustom(a.unit, kindClusterIssuer, factMeta("", a.name), issuerOf(a), a.at))
	}
	return out
}

// selfSigned has cert-manager make the Secret of an authority of one's own.
func selfSigned(a *authority) []made {
	root := a.name + "-root"
	return []made{
		ofCustom(a.unit, kindClusterIssuer, factMeta("", root), issuer{SelfSigned: &struct{}{}}, a.at),
		ofCustom(a.unit, kindCertificate, factMeta(a.namespace, a.secret), certificate{
			IsCA: true, CommonName: fmt.Sprintf("%.64s", a.secret), SecretName: a.secret, // X.520 allows 64 characters
			Duration: authorityDuration, RenewBefore: authorityRenewal,
			// With the same key, what trusts the old certificate takes those that the new one signs.
			PrivateKey: certificateKey{Algorithm: "ECDSA", Size: 256, RotationPolicy: "Never"},
			Issuer:     issuerRef{Group: groupCertManager, Kind: kindClusterIssuer.Kind, Name: root},
		}, a.at),
	}
}

func issuerOf(a *authority) issuer {
	if a.acme == nil {
		return issuer{CA: &caIssuer{SecretName: a.secret}}
	}
	return issuer{ACME: &acmeIssuer{
		Email: a.acme.Email, Server: a.acme.Server, PrivateKey: corev1.LocalObjectReference{Name: a.name + "-account"}, Solvers: a.acme.Solvers,
	}}
}
