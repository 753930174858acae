package facts

import (
	"fmt"
	"maps"
	"net/url"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
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

// notification is where Flux tells of its units.
type notification struct {
	Declared model.Notification
	At       model.Path
	Name     string
	Secret   *scope.Secret // with the address or a token; nil for none
}

// notifications are those that Flux can send.
func (r Facts) notifications() []*notification {
	var out []*notification
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Notifications)) {
		n, at := r.Desired.Cluster.Notifications[name], PathNotifications.Join(name)
		if !r.notificationForm(at, name, n) {
			continue
		}
		x := &notification{Declared: n, At: at, Name: name}
		if n.Secret != "" {
			x.Secret = scope.SecretReader{Scope: r.Scope}.SecretOf(&scope.Holder{Kind: "notification", Name: name, Namespace: scope.UnitFlux}, "secret", n.Secret, at.Join("secret"))
		}
		r.notifies(at.Join("address"), n.Address)
		out = append(out, x)
	}
	return out
}

// notificationForm reports a notification that Flux could not send.
func (r Facts) notificationForm(at model.Path, name string, n model.Notification) bool {
	switch types := notificationTypes(); {
	case n.Type == "":
		r.Error(at, "app/missing-field", fmt.Sprintf("notification %s has no type", name), "it is the kind of receiver", `add type: "discord"`)
	case !slices.Contains(types, n.Type):
		r.Error(at.Join("type"), "notification/type", fmt.Sprintf("notification %s is of type %s", name, n.Type), "Flux sends to "+finding.AllSorted(types), finding.DidYouMean(n.Type, types, "choose one of them")).Like(n.Type, types)
	case n.Address == "" && n.Secret == "":
		r.Error(at, "app/missing-field", fmt.Sprintf("notification %s has neither address nor secret", name), "one of them says where it goes", `add secret: "secrets/notify.sops.yaml", with the key address`)
	default:
		return true
	}
	return false
}

// notifies lets Flux reach a Service of this cluster. Its own namespace is open.
func (r Facts) notifies(at model.Path, address string) {
	u, err := url.Parse(address)
	if err != nil || !traffic.InCluster(u.Hostname()) {
		return
	}
	if w, p, ok := r.Behind(at, u.Hostname(), traffic.URLPort(u)); ok {
		w.Admits([]networkingv1.NetworkPolicyPeer{traffic.PodsOf(scope.UnitFlux, map[string]string{"app": "notification-controller"})}, p)
	}
}
