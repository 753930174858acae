package admission

import (
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
)

// As returns the same world, whose objects somebody else than Flux sends.
func (w *World) As(username string, groups ...string) *World {
	out := *w
	out.user = &user.DefaultInfo{Name: username, Groups: groups}
	out.objects = make([]*object, len(w.objects))
	for i, o := range w.objects {
		sent, a := *o, o.attributes
		sent.attributes = admission.NewAttributesRecord(a.GetObject(), nil, a.GetKind(), o.namespace, o.name, o.resource, "", admission.Create, nil, false, out.user)
		sent.request = out.request(&sent, a.GetKind())
		out.objects[i] = &sent
	}
	out.index()
	return &out
}
