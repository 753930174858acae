package render

import (
	"fmt"
	"net/url"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/finding"
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
	model.Notification
	at     model.Path
	name   string
	secret *secret // with the address or a token; nil for none
}

// notifications are those that Flux can send.
func (r facts) notifications() []*notification {
	var out []*notification
	for _, name := range sorted(r.d.Cluster.Notifications) {
		n, at := r.d.Cluster.Notifications[name], pathNotifications.Join(name)
		if !r.notificationForm(at, name, n) {
			continue
		}
		x := &notification{Notification: n, at: at, name: name}
		if n.Secret != "" {
			x.secret = secretReader{r.scope}.secretOf(&holder{kind: "notification", name: name, namespace: unitFlux}, "secret", n.Secret, at.Join("secret"))
		}
		r.notifies(at.Join("address"), n.Address)
		out = append(out, x)
	}
	return out
}

// notificationForm reports a notification that Flux could not send.
func (r facts) notificationForm(at model.Path, name string, n model.Notification) bool {
	switch types := notificationTypes(); {
	case n.Type == "":
		r.Error(at, "app/missing-field", fmt.Sprintf("notification %s has no type", name), "it is the kind of receiver", `add type: "discord"`)
	case !slices.Contains(types, n.Type):
		r.Error(at.Join("type"), "notification/type", fmt.Sprintf("notification %s is of type %s", name, n.Type), "Flux sends to "+all(types), finding.DidYouMean(n.Type, types, "choose one of them"))
	case n.Address == "" && n.Secret == "":
		r.Error(at, "app/missing-field", fmt.Sprintf("notification %s has neither address nor secret", name), "one of them says where it goes", `add secret: "secrets/notify.sops.yaml", with the key address`)
	default:
		return true
	}
	return false
}

// notifies lets Flux reach a Service of this cluster. Its own namespace is open.
func (r facts) notifies(at model.Path, address string) {
	u, err := url.Parse(address)
	if err != nil || !inCluster(u.Hostname()) {
		return
	}
	if w, p, ok := r.behind(at, u.Hostname(), urlPort(u)); ok {
		w.admits([]networkingv1.NetworkPolicyPeer{podsOf(unitFlux, map[string]string{"app": "notification-controller"})}, p)
	}
}
