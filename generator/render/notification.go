package render

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/model"
)

// notificationTypes are those of Flux's Provider (notification-controller/api
// v1.9.4, v1beta3).
func notificationTypes() []string {
	return []string{
		"alertmanager", "azuredevops", "azureeventhub", "bitbucket", "bitbucketserver", "datadog", "discord", "generic", "generic-hmac",
		"gitea", "giteapullrequestcomment", "github", "githubdispatch", "githubpullrequestcomment", "gitlab", "gitlabmergerequestcomment",
		"googlechat", "googlepubsub", "grafana", "lark", "matrix", "msteams", "nats", "opsgenie", "otel", "pagerduty", "rocket", "sentry",
		"slack", "telegram", "webex", "zulip",
	}
}

// eventProvider is the used part of the spec of Flux's Provider (v1beta3).
type eventProvider struct {
	Type    string                       `json:"type"`
	Address string                       `json:"address,omitempty"`
	Channel string                       `json:"channel,omitempty"`
	Secret  *corev1.LocalObjectReference `json:"secretRef,omitempty"`
}

// eventAlert is the used part of the spec of Flux's Alert (v1beta3).
type eventAlert struct {
	Provider corev1.LocalObjectReference `json:"providerRef"`
	Severity string                      `json:"eventSeverity"`
	Sources  []eventSource               `json:"eventSources"`
}

type eventSource struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// notifications tells Flux whom to tell of its units and charts.
func (r *renderer) notifications() {
	for _, name := range sorted(r.d.Cluster.Notifications) {
		n, at := r.d.Cluster.Notifications[name], model.Path{"cluster", "notifications", name}
		if !r.notificationForm(at, name, n) {
			continue
		}
		unit := notificationsUnit()
		spec := eventProvider{Type: n.Type, Address: n.Address, Channel: n.Channel}
		if n.Secret != "" {
			s := secretReader{r.scope}.secretOf(&holder{kind: "notification", name: name, namespace: unitFlux}, "secret", n.Secret, at.Join("secret"))
			r.put(secretObjects(unit, []*secret{s})...)
			spec.Secret = &corev1.LocalObjectReference{Name: s.name}
		}
		r.notifies(at.Join("address"), n.Address)
		m := factMeta(unitFlux, name)
		addCustom(r, unit, kindEventProvider, m, spec, at)
		addCustom(r, unit, kindEventAlert, m, eventAlert{
			Provider: corev1.LocalObjectReference{Name: name}, Severity: cmp.Or(n.Severity, "error"), Sources: r.eventSources(),
		}, at)
	}
}

// notificationForm reports a notification that Flux could not send.
func (r *scope) notificationForm(at model.Path, name string, n model.Notification) bool {
	switch types := notificationTypes(); {
	case n.Type == "":
		r.Error(at, "app/missing-field", fmt.Sprintf("notification %s has no type", name), "it is the kind of receiver", `add type: "discord"`)
	case !slices.Contains(types, n.Type):
		r.Error(at.Join("type"), "notification/type", fmt.Sprintf("notification %s is of type %s", name, n.Type), "Flux sends to "+all(types), didYouMean(n.Type, types, "choose one of them"))
	case n.Address == "" && n.Secret == "":
		r.Error(at, "app/missing-field", fmt.Sprintf("notification %s has neither address nor secret", name), "one of them says where it goes", `add secret: "secrets/notify.sops.yaml", with the key address`)
	default:
		return true
	}
	return false
}

// notifies lets Flux reach a Service of this cluster. Its own namespace is open.
func (r *scope) notifies(at model.Path, address string) {
	u, err := url.Parse(address)
	if err != nil || !inCluster(u.Hostname()) {
		return
	}
	if w, p, ok := r.behind(at, u.Hostname(), urlPort(u)); ok {
		w.admits([]networkingv1.NetworkPolicyPeer{podsOf(unitFlux, map[string]string{"app": "notification-controller"})}, p)
	}
}

// eventSources are all units, and the releases of all charts.
func (r *renderer) eventSources() []eventSource {
	out := []eventSource{{Kind: kindKustomization.Kind, Name: "*", Namespace: unitFlux}}
	released := map[string]bool{}
	for id := range r.byID {
		if id.Group == kindRelease.Group && id.Kind == kindRelease.Kind {
			released[id.Namespace] = true
		}
	}
	for _, namespace := range sorted(released) {
		out = append(out, eventSource{Kind: kindRelease.Kind, Name: "*", Namespace: namespace})
	}
	return out
}
