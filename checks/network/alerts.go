package network

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// stack is the chart that brings Alertmanager: its default configuration has one receiver,
// "null", without an integration (prometheus-community/helm-charts, kube-prometheus-stack/values.yaml).
const stack = "kube-prometheus-stack"

// release is what is read of a HelmRelease.
type release struct {
	Spec struct {
		TargetNamespace string `json:"targetNamespace"`
		Chart           struct {
			Spec struct {
				Chart string `json:"chart"`
			} `json:"spec"`
		} `json:"chart"`
		ChartRef struct {
			Kind      string `json:"kind"`
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"chartRef"`
		Values struct {
			Alertmanager struct {
				Enabled      *bool        `json:"enabled"`
				StringConfig string       `json:"stringConfig"`
				Config       *alertConfig `json:"config"`
				Spec         struct {
					UseExistingSecret bool   `json:"useExistingSecret"`
					ConfigSecret      string `json:"configSecret"`
				} `json:"alertmanagerSpec"`
			} `json:"alertmanager"`
		} `json:"values"`
		ValuesFrom []struct {
			TargetPath string `json:"targetPath"`
		} `json:"valuesFrom"`
	} `json:"spec"`
}

// chartSource is what is read of the source that a chartRef names: an OCIRepository or a
// HelmChart.
type chartSource struct {
	Spec struct {
		URL   string `json:"url"`
		Chart string `json:"chart"`
	} `json:"spec"`
}

// alertConfig is Alertmanager's configuration, as far as it says who gets alerts.
type alertConfig struct {
	Global    map[string]any   `json:"global"`
	Route     *alertRoute      `json:"route"`
	Receivers []map[string]any `json:"receivers"`
}

type alertRoute struct {
	Receiver string        `json:"receiver"`
	Routes   []*alertRoute `json:"routes"`
}

// receivers reports Alertmanagers of the stack whose alerts reach nobody.
func receivers(pass *checks.Pass, w *wall) {
	for _, o := range pass.Objects {
		if o.Kind != "HelmRelease" || o.Group != "helm.toolkit.fluxcd.io" {
			continue
		}
		r, err := inventory.Read[release](o)
		if err != nil || !r.isStack(pass.Objects, o) {
			continue // another check reports what cannot be read
		}
		r.alerts(pass, w, o)
	}
}

// isStack reports whether a release is of the stack, by the name of its chart or the last
// part of its source's address.
func (r *release) isStack(objects []*manifest.Object, o *manifest.Object) bool {
	if r.Spec.Chart.Spec.Chart != "" {
		return path.Base(r.Spec.Chart.Spec.Chart) == stack
	}
	namespace := r.Spec.ChartRef.Namespace
	if namespace == "" {
		namespace = o.Namespace
	}
	i := slices.IndexFunc(objects, func(s *manifest.Object) bool {
		return s.Kind == r.Spec.ChartRef.Kind && s.Name == r.Spec.ChartRef.Name && s.Namespace == namespace
	})
	if i < 0 {
		return false
	}
	source, err := inventory.Read[chartSource](objects[i])
	return err == nil && (path.Base(source.Spec.URL) == stack || path.Base(source.Spec.Chart) == stack)
}

// alerts reports the release when nobody gets its alerts.
func (r *release) alerts(pass *checks.Pass, w *wall, o *manifest.Object) {
	a := r.Spec.Values.Alertmanager
	spot := inventory.Spot{Object: o, Keys: []string{"spec", "values"}, Path: []string{"values", "alertmanager"}}
	elsewhere := slices.ContainsFunc(pass.Objects, func(c *manifest.Object) bool {
		return c.Kind == "AlertmanagerConfig" && c.Group == "monitoring.coreos.com"
	})
	switch {
	case a.Enabled != nil && !*a.Enabled || elsewhere:
		return
	case a.StringConfig != "" || a.Spec.UseExistingSecret || a.Spec.ConfigSecret != "" || r.given():
		return // it is configured by what is not read here
	}
	told := a.Config.told()
	if len(told) == 0 {
		pass.Warn(spot, codeNoReceiver, fmt.Sprintf("the alerts of HelmRelease %s reach nobody", o.Name),
			"its Alertmanager has no receiver but \"null\"", "Add a receiver to values.alertmanager.config, or say alertmanager: enabled: false.")
		return
	}
	namespace := r.Spec.TargetNamespace
	if namespace == "" {
		namespace = o.Namespace
	}
	from := end{name: "Alertmanager", pods: &pods{namespace: namespace, labels: set{map[string]string{"app.kubernetes.io/name": "alertmanager"}, true}}}
	for _, at := range told {
		to, port, inside := at.end()
		if inside {
			continue // connects of the chart says that, and is checked as such
		}
		if got, _ := w.lets(from, to, target{number: port, protocol: corev1.ProtocolTCP}); got == no {
			pass.Warn(spot, codeNoReceiver, fmt.Sprintf("the alerts of HelmRelease %s do not reach receiver %s at %s:%d", o.Name, at.receiver, to.name, port),
				"no NetworkPolicy lets Alertmanager out to it", fmt.Sprintf("Add internet: tcp: [%d] to the chart, or lan for an address at home.", port))
		}
	}
}

// given reports whether values of the release that are not in the tree may configure it.
func (r *release) given() bool {
	for _, from := range r.Spec.ValuesFrom {
		if from.TargetPath == "" || strings.HasPrefix(from.TargetPath, "alertmanager.") {
			return true
		}
	}
	return false
}

// told are the addresses that routes of a configuration lead to; "" for an integration that
// does not say its own.
func (c *alertConfig) told() []destination {
	if c == nil {
		return nil
	}
	routed := map[string]bool{}
	var walk func(*alertRoute)
	walk = func(r *alertRoute) {
		if r == nil {
			return
		}
		routed[r.Receiver] = true
		for _, below := range r.Routes {
			walk(below)
		}
	}
	walk(c.Route)
	var out []destination
	for _, receiver := range c.Receivers {
		name, _ := receiver["name"].(string)
		if !routed[name] {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(receiver)) {
			list, _ := receiver[key].([]any)
			if !strings.HasSuffix(key, "_configs") {
				continue
			}
			for _, each := range list {
				entry, _ := each.(map[string]any)
				out = append(out, destination{name, addressIn(key, entry, c.Global)})
			}
		}
	}
	return out
}

// destination is where a receiver sends to.
type destination struct {
	receiver string
	address  string // a URL or host:port; "" for a public service
}

// addressIn is the address that an integration or the configuration as a whole names.
func addressIn(kind string, entry, global map[string]any) string {
	for _, key := range []string{"url", "api_url", "webhook_url", "smarthost"} {
		if text, is := entry[key].(string); is {
			return text
		}
	}
	if kind == "email_configs" {
		text, _ := global["smtp_smarthost"].(string)
		return text
	}
	return ""
}

// end is the destination as an end of traffic. A name may be of any machine, so it counts as
// a public one; what is in the cluster is not looked into.
func (d destination) end() (to end, port int32, inside bool) {
	host := ""
	port = 443
	if u, err := url.Parse(d.address); err == nil && u.Host != "" {
		host = u.Hostname()
		port = map[string]int32{"http": 80, "https": 443}[u.Scheme]
		if n, err := strconv.ParseInt(u.Port(), 10, 32); err == nil {
			port = int32(n)
		}
	} else if name, number, both := strings.Cut(d.address, ":"); both {
		host = name
		if n, err := strconv.ParseInt(number, 10, 32); err == nil {
			port = int32(n)
		}
	}
	if address, err := netip.ParseAddr(host); err == nil {
		return end{name: host, address: address}, port, false
	}
	if strings.Contains(host, ".svc") || host != "" && !strings.Contains(host, ".") {
		return end{name: host}, port, true
	}
	if host == "" {
		host = "a public service"
	}
	return end{name: host, address: publicAddress()}, port, false
}
