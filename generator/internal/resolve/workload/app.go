// Package workload decides about apps: their pods, containers, volumes, files and where
// they may run.
package workload

import (
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/written"
	"stillsuit.dev/generator/model"
)

// App resolves an app.
func (r Pods) App(name string, declared *model.App) *App {
	at := model.Path{"apps", name}
	out := &App{
		name: name, Unit: r.AppUnit(name),
		Secrets: scope.SecretReader{Scope: r.Scope}.SecretsOf(&scope.Holder{Kind: "app", Name: name, Namespace: declared.Namespace, At: at, Secrets: declared.Secrets}),
	}
	for i, w := range r.Apps[name] {
		resolved := r.workload(w)
		resolved.Account = accountOf(w, i == 0)
		resolved.Unit = r.WorkloadUnit(w)
		out.Workloads = append(out.Workloads, resolved)
	}
	out.Objects = written.Read(&r.Reporter, name, declared.Namespace, at, declared.Objects)
	return out
}

// App is one app, as its objects are made from it.
type App struct {
	name      string
	Unit      scope.Unit
	Secrets   []*scope.Secret
	Workloads []*Resolved
	Objects   []written.Object
}
