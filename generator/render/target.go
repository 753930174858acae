package render

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
)

// scrapeConfig is the used part of the spec of the Prometheus operator's
// ScrapeConfig (v1alpha1).
type scrapeConfig struct {
	JobName  string         `json:"jobName"`
	Path     string         `json:"metricsPath,omitempty"`
	Scheme   string         `json:"scheme,omitempty"`
	Interval string         `json:"scrapeInterval,omitempty"`
	Static   []staticTarget `json:"staticConfigs"`
}

type staticTarget struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels,omitempty"`
}

// targets tells the scraper what to ask outside of the cluster, and lets it get
// there where that is an address. What a name leads to is not known here.
func (r *renderer) targets() {
	scraper := r.d.Cluster.Metrics
	if scraper == nil || len(scraper.Targets) == 0 {
		return
	}
	at := model.Path{"cluster", "metrics"}
	if scraper.Namespace == "" {
		r.Error(at, "app/missing-field", "targets are declared, and the scraper has no namespace", "they are told to it there", `add namespace: "…"`)
		return
	}
	for _, name := range sorted(scraper.Targets) {
		t, at := scraper.Targets[name], at.Join("targets", name)
		if len(t.Addresses) == 0 {
			r.Error(at, "app/missing-field", fmt.Sprintf("target %s has no addresses", name), "that is what is scraped", `add addresses: ["192.168.1.30:9100"]`)
			continue
		}
		for i, address := range t.Addresses {
			r.scrapes(at.Join("addresses", strconv.Itoa(i)), scraper, address)
		}
		m := factMeta(scraper.Namespace, name)
		m.Labels = with(m.Labels, scraper.Select)
		addCustom(r, monitorsUnit(), kindScrapeConfig, m, scrapeConfig{
			JobName: name, Path: t.Path, Scheme: t.Scheme, Interval: scrapeInterval(scraper),
			Static: []staticTarget{{Targets: t.Addresses, Labels: t.Labels}},
		}, at)
	}
}

// scrapes lets what may be the scraper reach a target.
func (r *scope) scrapes(at model.Path, scraper *model.Scraper, address string) {
	host, text := address[:strings.LastIndex(address, ":")], address[strings.LastIndex(address, ":")+1:]
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil || number < 1 || number > 65535 {
		r.Error(at, "network/bad-address", fmt.Sprintf("target %s has port %s", address, text), "a port is a number from 1 to 65535", "correct it")
		return
	}
	host = strings.Trim(host, "[]")
	if _, err := netip.ParseAddr(host); err != nil && !inCluster(host) {
		return
	}
	for _, who := range r.lives[scraper.Namespace] {
		if who.mayBe(scraper.Pods) {
			r.reachesHost(who, at, host, port{number: int32(number), protocol: corev1.ProtocolTCP})
		}
	}
}
