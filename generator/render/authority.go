package render

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
)

// groupCertManager is cert-manager's API group.
const groupCertManager = "cert-manager.io"

// letsEncrypt is the directory of Let's Encrypt (letsencrypt.org/docs/acme-protocol-updates).
const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

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

// authorities renders who signs for hosts.
func (r *renderer) authorities() {
	certificates, at := r.d.Cluster.Certificates, model.Path{"cluster", "certificates"}
	r.checkDomains(at, certificates)
	if len(certificates) == 0 {
		return
	}
	c := r.providerOf(groupCertManager, at, "certificates are declared")
	for _, name := range sorted(certificates) {
		if r.authorityForm(at.Join(name), name, certificates[name]) && c != nil {
			r.issuer(at.Join(name), c, name, certificates[name])
		}
	}
	r.solverPolicies()
}

// checkDomains reports a domain that two authorities sign for.
func (r *scope) checkDomains(at model.Path, certificates map[string]model.Certificate) {
	signers := map[string]string{}
	for _, name := range sorted(certificates) {
		for i, domain := range certificates[name].Domains {
			if other, twice := signers[domain]; twice {
				r.Error(at.Join(name, "domains", strconv.Itoa(i)), "certificate/domain", fmt.Sprintf("authority %s signs for %s", name, domain),
					fmt.Sprintf("%s does too, so nothing tells which of them a host gets", other), "take it from one of them; an exposure may name the other by its field certificate")
				continue
			}
			signers[domain] = name
		}
	}
}

// authorityForm reports an authority that is two things, or none.
func (r *scope) authorityForm(at model.Path, name string, c model.Certificate) bool {
	says, mend := "", ""
	switch {
	case c.CA != "" && c.ACME != nil:
		says, mend = "ca and acme", "keep one, or make two authorities of it"
	case c.CA == "" && c.ACME == nil && c.SelfSigned:
		says, mend = "selfSigned and no ca", `add ca: "…", the name of the Secret that the authority is kept in`
	case c.CA == "" && c.ACME == nil:
		says, mend = "neither ca nor acme", `add ca: "…" or acme: email: "…"`
	case c.ACME != nil && c.SelfSigned:
		says, mend = "selfSigned and acme", "remove selfSigned"
	default:
		return true
	}
	r.Error(at, "certificate/form", fmt.Sprintf("authority %s says %s", name, says), "it is one of one's own (ca) or a public one (acme)", mend)
	return false
}

// issuer renders one authority.
func (r *renderer) issuer(at model.Path, c *chart, name string, declared model.Certificate) {
	unit, spec := c.config(), issuer{}
	switch {
	case declared.ACME != nil:
		server := declared.ACME.Server
		if server == "" {
			server = letsEncrypt
		}
		solvers := declared.ACME.Solvers
		if solvers == nil {
			solvers = []map[string]any{{"http01": map[string]any{"ingress": map[string]any{"ingressClassName": r.d.Cluster.Ingress.Class}}}}
		}
		r.reachesURL(&c.party, at.Join("acme", "server"), server)
		spec.ACME = &acmeIssuer{Email: declared.ACME.Email, Server: server, PrivateKey: corev1.LocalObjectReference{Name: name + "-account"}, Solvers: solvers}
	case declared.SelfSigned:
		if holds := r.secretNamed(c, declared.CA); holds != nil {
			r.Error(at.Join("selfSigned"), "certificate/secret", fmt.Sprintf("cert-manager makes the authority %s, and keeps it in the Secret %s", name, declared.CA),
				fmt.Sprintf("chart %s brings that Secret too", c.owner), "remove selfSigned, or take the Secret out of the chart's secrets")
			return
		}
		root := name + "-root"
		addCustom(r, unit, kindClusterIssuer, factMeta("", root), issuer{SelfSigned: &struct{}{}}, at)
		addCustom(r, unit, kindCertificate, factMeta(c.Namespace, declared.CA), certificate{
			IsCA: true, CommonName: fmt.Sprintf("%.64s", declared.CA), SecretName: declared.CA, // X.520 allows 64 characters
			Duration: authorityDuration, RenewBefore: authorityRenewal,
			// With the same key, what trusts the old certificate takes those that the new one signs.
			PrivateKey: certificateKey{Algorithm: "ECDSA", Size: 256, RotationPolicy: "Never"},
			Issuer:     issuerRef{Group: groupCertManager, Kind: kindClusterIssuer.Kind, Name: root},
		}, at)
		spec.CA = &caIssuer{SecretName: declared.CA}
	default:
		if !r.hasAuthority(at.Join("ca"), c, name, declared.CA) {
			return
		}
		spec.CA = &caIssuer{SecretName: declared.CA}
	}
	addCustom(r, unit, kindClusterIssuer, factMeta("", name), spec, at)
}

// secretNamed is the secret of a chart that is the Secret of a name, nil when none is.
func (r *scope) secretNamed(c *chart, name string) *secret {
	for _, alias := range sorted(c.Secrets) {
		if s := r.secrets[c.owner+"/"+alias]; s != nil && s.name == name {
			return s
		}
	}
	return nil
}

// hasAuthority reports a Secret of an authority that the chart does not bring, or
// that lacks what cert-manager reads.
func (r *scope) hasAuthority(at model.Path, c *chart, name, ca string) bool {
	s := r.secretNamed(c, ca)
	if s == nil {
		var known []string
		for _, alias := range sorted(c.Secrets) {
			if s := r.secrets[c.owner+"/"+alias]; s != nil {
				known = append(known, s.name)
			}
		}
		r.Error(at, "certificate/secret", fmt.Sprintf("authority %s is in the Secret %s", name, ca), has("chart "+c.owner, "Secret", known),
			didYouMean(ca, known, fmt.Sprintf("add it to secrets of chart %s, or write selfSigned: true", c.owner)))
		return false
	}
	for _, key := range []string{corev1.TLSCertKey, corev1.TLSPrivateKeyKey} {
		if s.bytes != nil && !slices.Contains(s.keys, key) {
			r.Error(at, "certificate/secret", fmt.Sprintf("authority %s is in the Secret %s", name, ca), fmt.Sprintf("%s, and cert-manager reads %s and %s", has(s.file, "key", s.keys), corev1.TLSCertKey, corev1.TLSPrivateKeyKey), "add them to the file with sops")
			return false
		}
	}
	return true
}
