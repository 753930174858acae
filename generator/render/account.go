package render

import "stillsuit.dev/generator/model"

// account is the ServiceAccount of a workload's pods, or of all pods of an app.
type account struct {
	name   string
	labels map[string]string
	at     model.Path
}

// accountName is the ServiceAccount of the workload's pods.
func (w *workload) accountName() string { return w.app.AccountOf(w.appName, w.name) }

// accountOf is the account that is made for a workload; nil when it is that of the app,
// and made with the first one.
func accountOf(w *workload, first bool) *account {
	switch {
	case w.app.Account == "":
		return &account{w.full, labels(w.owner, w.name), w.at}
	case first:
		return &account{w.app.Account, labels(w.appName, ""), model.Path{"apps", w.appName, "account"}}
	}
	return nil
}
