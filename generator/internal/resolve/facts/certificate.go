package facts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// LetsEncrypt is the directory of Let's Encrypt (letsencrypt.org/docs/acme-protocol-updates).
const LetsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

// Authority signs for hosts: a public one, or one of one's own.
type Authority struct {
	Unit       scope.Unit
	At         model.Path
	Name       string
	Namespace  string      // of cert-manager
	ACME       *model.ACME // of a public one, with its defaults
	Secret     string      // that one of one's own is kept in
	SelfSigned bool        // cert-manager makes that Secret
}

// authorities decides who signs for hosts.
type authorities struct{ Facts }

// authorities are those that cert-manager is told.
func (r Facts) authorities() []*Authority {
	certificates, at := r.Desired.Cluster.Certificates, PathCertificates
	a := authorities{r}
	a.checkDomains(at, certificates)
	if len(certificates) == 0 {
		return nil
	}
	var out []*Authority
	c := r.ProviderOf(kinds.GroupCertManager, at, "certificates are declared")
	for _, name := range slices.Sorted(maps.Keys(certificates)) {
		if a.form(at.Join(name), name, certificates[name]) && c != nil {
			if x := a.of(at.Join(name), c, name, certificates[name]); x != nil {
				out = append(out, x)
			}
		}
	}
	return out
}

// checkDomains reports a domain that two authorities sign for.
func (r authorities) checkDomains(at model.Path, certificates map[string]model.Certificate) {
	signers := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(certificates)) {
		for i, domain := range certificates[name].Domains {
			if other, twice := signers[domain]; twice {
				r.Error(at.Join(name, "domains", strconv.Itoa(i)), "certificate/domain", fmt.Sprintf("authority %s signs for %s", name, domain),
					fmt.Sprintf("%s does too, so it is unclear which of them a host gets", other), "take it from one of them; an exposure may name the other by its field certificate")
				continue
			}
			signers[domain] = name
		}
	}
}

// form reports an authority that is two things, or none.
func (r authorities) form(at model.Path, name string, c model.Certificate) bool {
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
	r.Error(at, "certificate/form", fmt.Sprintf("authority %s says %s", name, says), "it is either your own (ca) or a public one (acme)", mend)
	return false
}

// of is one authority, nil for one that is reported.
func (r authorities) of(at model.Path, c *scope.Chart, name string, declared model.Certificate) *Authority {
	out := &Authority{Unit: c.Config(), At: at, Name: name, Namespace: c.Declared.Namespace, Secret: declared.CA, SelfSigned: declared.SelfSigned}
	switch {
	case declared.ACME != nil:
		acme := *declared.ACME
		acme.Server = cmp.Or(acme.Server, LetsEncrypt)
		if acme.Solvers == nil {
			acme.Solvers = []map[string]any{{"http01": map[string]any{"ingress": map[string]any{"ingressClassName": r.Desired.Cluster.Ingress.Class}}}}
		}
		r.ReachesURL(&c.Party, at.Join("acme", "server"), acme.Server)
		r.asksNameServers(at.Join("acme"), c, acme.Solvers)
		out.ACME = &acme
	case declared.SelfSigned:
		if holds := r.secretNamed(c, declared.CA); holds != nil {
			r.Error(at.Join("selfSigned"), "certificate/secret", fmt.Sprintf("cert-manager makes the authority %s, and keeps it in the Secret %s", name, declared.CA),
				fmt.Sprintf("chart %s brings that Secret too", c.Owner), "remove selfSigned, or take the Secret out of the chart's secrets")
			return nil
		}
	case !r.hasAuthority(at.Join("ca"), c, name, declared.CA):
		return nil
	}
	return out
}

// secretNamed is the secret of a chart that is the Secret of a name, nil when none is.
func (r authorities) secretNamed(c *scope.Chart, name string) *scope.Secret {
	for _, alias := range slices.Sorted(maps.Keys(c.Declared.Secrets)) {
		if s := r.Secrets[c.Owner+"/"+alias]; s != nil && s.Name == name {
			return s
		}
	}
	return nil
}

// hasAuthority reports a Secret of an authority that the chart does not bring, or
// that lacks what cert-manager reads.
func (r authorities) hasAuthority(at model.Path, c *scope.Chart, name, ca string) bool {
	s := r.secretNamed(c, ca)
	if s == nil {
		var known []string
		for _, alias := range slices.Sorted(maps.Keys(c.Declared.Secrets)) {
			if s := r.Secrets[c.Owner+"/"+alias]; s != nil {
				known = append(known, s.Name)
			}
		}
		r.Error(at, "certificate/secret", fmt.Sprintf("authority %s is in the Secret %s", name, ca), finding.Has("chart "+c.Owner, "Secret", known),
			finding.DidYouMean(ca, known, fmt.Sprintf("add it to secrets of chart %s, or write selfSigned: true", c.Owner))).Like(ca, known)
		return false
	}
	for _, key := range []string{corev1.TLSCertKey, corev1.TLSPrivateKeyKey} {
		if s.Bytes != nil && !slices.Contains(s.Keys, key) {
			r.Error(at, "certificate/secret", fmt.Sprintf("authority %s is in the Secret %s", name, ca), fmt.Sprintf("%s, and cert-manager reads %s and %s", finding.Has(s.File, "key", s.Keys), corev1.TLSCertKey, corev1.TLSPrivateKeyKey), "add them to the file with sops")
			return false
		}
	}
	return true
}
