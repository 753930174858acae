package secrets

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks that something makes each Secret that is read.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "secrets", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}

// checking is one run.
type checking struct {
	*checks.Pass
	made    *made
	outside map[string]string // Secrets that the user says are made outside
	readers map[name][]read
}

func run(pass *checks.Pass) error {
	objects := objectsOf(pass.Subject)
	all, err := reads(pass.Subject, objects)
	if err != nil {
		return err
	}
	c := &checking{Pass: pass, made: madeBy(pass.Subject, objects), readers: map[name][]read{}}
	if pass.Cluster != nil {
		c.outside = pass.Cluster.Secrets.Outside
	}
	declared := map[name]*entry{}
	short := map[string]name{}
	for _, e := range entriesOf(pass.Subject) {
		if declared[e.secret] == nil {
			declared[e.secret], short[e.secret.name] = e, e.secret
			c.readers[e.secret] = nil
		}
	}
	for _, r := range all {
		if same, ok := short[r.secret.name]; ok && r.secret.namespace == "" {
			r.secret = same // a namespace that the object does not name is most likely that one
		}
		c.readers[r.secret] = append(c.readers[r.secret], r)
		if e := declared[r.secret]; e != nil && r.key != "" {
			e.keys = append(e.keys, r.key)
		}
	}
	for _, secret := range slices.SortedFunc(maps.Keys(c.readers), func(a, b name) int { return strings.Compare(a.String(), b.String()) }) {
		c.judge(secret, declared[secret])
	}
	c.keys(objects)
	c.readable(objects)
	c.unread()
	return nil
}

// judge reports a Secret that nothing is known to make: once, at what declares it, or at its
// first reader.
func (c *checking) judge(secret name, by *entry) {
	if c.made.makes(secret) || c.outside[secret.String()] != "" || secret.namespace == "" && c.outsideAnywhere(secret.name) {
		return
	}
	var who []string
	var self []object
	for _, r := range c.readers[secret] {
		who, self = append(who, r.who), append(self, r.self)
	}
	if by != nil {
		who, self = []string{by.who()}, append(self, c.releases(by)...)
	}
	who = slices.Compact(slices.Sorted(slices.Values(who)))
	f := finding.Finding{Problem: fmt.Sprintf("nothing in %s makes the Secret %s, which %s", c.where(), secret, readBy(who))}
	makers := c.made.may(secret, self)
	switch {
	case c.Cluster == nil:
		f.Code, f.Severity, f.Fix = "secret/outside", finding.Note, "make it in the cluster before Flux applies this, or add it to the repository, encrypted"
		if len(makers) > 0 {
			f.Detail, f.Fix = several(makers)+" may make it", ""
		}
	case len(makers) > 0:
		f.Code, f.Severity, f.Detail = "secret/outside", finding.Note, several(makers)+" may make it"
		f.Fix = fmt.Sprintf("if so, say it: cluster: secrets: outside: %q: \"REASON\"", secret)
	case by != nil && by.taken(c.Pass):
		f.Code, f.Severity, f.Fix = "secret/missing", finding.Error, by.fix(c.Name)
	case by != nil: // the user's own name: it says that something else makes it
		f.Code, f.Severity, f.Fix = "secret/outside", finding.Note, by.fix(c.Name)
	default:
		f.Code, f.Severity = "secret/outside", finding.Note
		f.Fix = fmt.Sprintf("write it as a SOPS file and name the file in secrets of the app or chart (in secret of a notification), or say who makes it: cluster: secrets: outside: %q: \"REASON\"", secret)
	}
	c.report(secret, by, f)
}

// releases are those of the chart that declares a Secret: it reads it, so it does not make it.
func (c *checking) releases(by *entry) []object {
	var out []object
	for _, p := range c.made.possible {
		if p.self.Object != nil && p.self.Kind == "HelmRelease" && slices.Equal(p.self.Origin, []string(by.path)) {
			out = append(out, p.self)
		}
	}
	return out
}

// report reports at the user's line.
func (c *checking) report(secret name, by *entry, f finding.Finding) {
	if by == nil {
		c.Report(c.readers[secret][0].at, f)
		return
	}
	at, catalogue, taken := by.spot(c.Pass)
	if taken {
		if place, _ := c.Places.Locate(catalogue); !place.IsZero() {
			f.Related = append(f.Related, finding.Related{Place: place, What: "named here by the catalogue"})
		}
	}
	c.Report(at, f)
}

func (c *checking) where() string {
	if c.Cluster == nil {
		return "this tree"
	}
	return "cluster " + c.Name
}

// outsideAnywhere reports whether a Secret of that name is declared as made outside, in any
// namespace.
func (c *checking) outsideAnywhere(secret string) bool {
	for declared := range c.outside {
		if _, short, _ := strings.Cut(declared, "/"); short == secret {
			return true
		}
	}
	return false
}

// unread reports Secrets that are declared as made outside, and that nothing reads.
func (c *checking) unread() {
	for _, declared := range slices.Sorted(maps.Keys(c.outside)) {
		namespace, short, _ := strings.Cut(declared, "/")
		_, read := c.readers[name{namespace, short}]
		if _, somewhere := c.readers[name{"", short}]; !read && !somewhere {
			c.Note(inventory.Spot{Path: []string{"secrets", "outside", declared}}, "secret/unread", fmt.Sprintf("nothing in %s reads the Secret %s", c.where(), declared), "", "remove it from cluster.secrets.outside, or correct its name")
		}
	}
}

func readBy(who []string) string {
	if len(who) == 1 {
		return who[0] + " reads"
	}
	return several(who) + " read"
}

// several writes at most three names.
func several(names []string) string {
	if more := len(names) - 3; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), more)
	}
	return finding.All(names)
}
