package render

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/model"
)

func TestNotifications(t *testing.T) {
	notification := func(n model.Notification) func(*model.Cluster) {
		return func(c *model.Cluster) { c.Notifications = map[string]model.Notification{"chat": n} }
	}
	s, o := offeredBy(notification(model.Notification{Type: "discord", Address: "http://web.site.svc:8080/hook"}))
	require.Empty(t, s.Findings)
	c := &cluster{}
	c.offered, c.releases = o, []string{"metallb"}
	made := notifications(c)
	require.Equal(t, map[string]string{
		id("notification.toolkit.fluxcd.io", "Provider", unitFlux, "chat"): unitNotifications, id("notification.toolkit.fluxcd.io", "Alert", unitFlux, "chat"): unitNotifications,
	}, called(made))
	require.Len(t, s.apps["web"][0].flows.in, 1, "Flux gets to a Service of this cluster")

	refuses(t, map[string]mistake{
		"nobody knows what it is":      {"app/missing-field", notification(model.Notification{Address: "https://example.com"})},
		"Flux does not send there":     {"notification/type", notification(model.Notification{Type: "pigeon", Address: "https://example.com"})},
		"nobody knows where it goes":   {"app/missing-field", notification(model.Notification{Type: "discord"})},
		"no Service is at its address": {"network/no-service", notification(model.Notification{Type: "generic", Address: "http://other.site.svc/hook"})},
	})
}
