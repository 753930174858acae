package render

import "stillsuit.dev/generator/model"

// app resolves an app.
func (r pods) app(name string, declared *model.App) *app {
	at := model.Path{"apps", name}
	out := &app{
		name: name, unit: r.appUnit(name),
		secrets: secretReader{r.scope}.secretsOf(&holder{kind: "app", name: name, namespace: declared.Namespace, at: at, secrets: declared.Secrets}),
	}
	for i, w := range r.apps[name] {
		resolved := r.workload(w)
		resolved.account = accountOf(w, i == 0)
		out.workloads = append(out.workloads, resolved)
	}
	out.objects = ownObjects(&r.Reporter, name, declared.Namespace, at, declared.Objects)
	return out
}
