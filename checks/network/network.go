package network

import (
	_ "embed"
	"fmt"

	"stillsuit.dev/checks"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks NetworkPolicies against what the cluster needs.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "network", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}

func run(pass *checks.Pass) error {
	w := build(pass.Objects, func(o *manifest.Object, err error) {
		pass.Note(inventory.Spot{Object: o}, codeUnverified, fmt.Sprintf("%s %s cannot be read: %v", o.Kind, o.Name, err), "", "Correct it.")
	})
	pending(pass)
	receivers(pass, w)
	if pass.Cluster == nil {
		foreign(pass, w)
		return nil
	}
	c, err := gather(pass.Subject)
	if err != nil {
		return err
	}
	c.bound(w)
	for _, r := range c.rows() {
		judge(pass, w, r)
	}
	return nil
}

// bound tells the wall what the cluster's network is.
func (c *cast) bound(w *wall) {
	w.pods, w.identities = c.pods, c.Cluster.Network.CNI == "cilium"
}

// judge reports traffic that does not get through and must, or that does and must not.
func judge(pass *checks.Pass, w *wall, r row) {
	got, stopped := w.lets(r.from, r.to, r.at)
	port := fmt.Sprintf("%s port %d of %s", r.at.protocol, r.at.number, r.to.name)
	switch {
	case r.must && got == no:
		pass.Error(r.spot, codeDenied, fmt.Sprintf("%s cannot reach %s", r.from.seen(), port),
			fmt.Sprintf("no NetworkPolicy allows it in the %s", stopped), "Remove the patch or object that closes it, or correct cluster.network.cni.")
	case r.must && got == maybe:
		pass.Note(r.spot, codeUnverified, fmt.Sprintf("whether %s can reach %s was not checked", r.from.seen(), port),
			fmt.Sprintf("the labels of its pods that decide are not known: %s", stopped), "Declare them as pods of the chart or of its services.")
	case !r.must && got == yes:
		pass.Note(r.spot, codeOpen, fmt.Sprintf("%s can reach %s", r.from.seen(), port),
			"nothing declares that traffic", "Narrow the NetworkPolicy that admits it, or declare the traffic.")
	}
}
