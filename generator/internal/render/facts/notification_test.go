package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/render/facts"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

func TestNotifications(t *testing.T) {
	notification := func(n model.Notification) func(*model.Cluster) {
		return func(c *model.Cluster) { c.Notifications = map[string]model.Notification{"chat": n} }
	}
	s, o := offeredBy(notification(model.Notification{Type: "discord", Address: "http://web.site.svc:8080/hook"}))
	require.Empty(t, s.Findings)
	c := &resolve.Cluster{}
	c.Offered, c.Releases = o, []string{"metallb"}
	made := facts.Notifications(c)
	require.Equal(t, map[string]string{
		id("notification.toolkit.fluxcd.io", "Provider", scope.UnitFlux, "chat"): scope.UnitNotifications, id("notification.toolkit.fluxcd.io", "Alert", scope.UnitFlux, "chat"): scope.UnitNotifications,
	}, called(made))
	require.Len(t, s.Apps["web"][0].Flows.In, 1, "Flux gets to a Service of this cluster")

	refuses(t, map[string]mistake{
		"nobody knows what it is":      {code: "app/missing-field", declare: notification(model.Notification{Address: "https://example.com"})},
		"Flux does not send there":     {code: "notification/type", declare: notification(model.Notification{Type: "pigeon", Address: "https://example.com"})},
		"nobody knows where it goes":   {code: "app/missing-field", declare: notification(model.Notification{Type: "discord"})},
		"no Service is at its address": {code: "network/no-service", declare: notification(model.Notification{Type: "generic", Address: "http://other.site.svc/hook"})},
	})
}
