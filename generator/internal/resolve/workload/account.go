package workload

import (
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// account is the ServiceAccount of a workload's pods, or of all pods of an app.
type account struct {
	Name   string
	Labels map[string]string
	At     model.Path
}

// accountOf is the account that is made for a workload; nil when it is that of the app,
// and made with the first one.
func accountOf(w *scope.Workload, first bool) *account {
	switch {
	case w.App.Account == "":
		return &account{w.Full, labels.Of(w.Owner, w.Name), w.At}
	case first:
		return &account{w.App.Account, labels.Of(w.AppName, ""), model.Path{"apps", w.AppName, "account"}}
	}
	return nil
}
