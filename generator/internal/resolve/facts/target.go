package facts

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// Target is something with metrics outside of the cluster.
type Target struct {
	Declared model.ScrapeTarget
	At       model.Path
	Name     string
	Scraper  *model.Scraper
}

// targets are what the scraper is told to ask outside of the cluster. It gets there
// where that is an address: what a name leads to is not known here.
func (r Facts) targets() []*Target {
	scraper := r.Desired.Cluster.Metrics
	if scraper == nil || len(scraper.Targets) == 0 {
		return nil
	}
	at := PathMetrics
	if scraper.Namespace == "" {
		r.Error(at, "app/missing-field", "targets are declared, and the scraper has no namespace", "they are configured there", `add namespace: "…"`)
		return nil
	}
	var out []*Target
	for _, name := range slices.Sorted(maps.Keys(scraper.Targets)) {
		t, at := scraper.Targets[name], at.Join("targets", name)
		if len(t.Addresses) == 0 {
			r.Error(at, "app/missing-field", fmt.Sprintf("target %s has no addresses", name), "that is what is scraped", `add addresses: ["192.168.1.30:9100"]`)
			continue
		}
		for i, address := range t.Addresses {
			r.scrapes(at.Join("addresses", strconv.Itoa(i)), scraper, address)
		}
		out = append(out, &Target{Declared: t, At: at, Name: name, Scraper: scraper})
	}
	return out
}

// scrapes lets what may be the scraper reach a target.
func (r Facts) scrapes(at model.Path, scraper *model.Scraper, address string) {
	host, text := address[:strings.LastIndex(address, ":")], address[strings.LastIndex(address, ":")+1:]
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil || number < 1 || number > 65535 {
		r.Error(at, "network/bad-address", fmt.Sprintf("target %s has port %s", address, text), "a port is a number from 1 to 65535", "correct it")
		return
	}
	host = strings.Trim(host, "[]")
	if _, err := netip.ParseAddr(host); err != nil && !traffic.InCluster(host) {
		return
	}
	for _, who := range r.Lives[scraper.Namespace] {
		if who.MayBe(scraper.Pods) {
			r.ReachesHost(who, at, host, scope.Port{Number: int32(number), Protocol: corev1.ProtocolTCP})
		}
	}
}
