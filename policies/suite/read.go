package suite

import (
	"errors"
	"fmt"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kjson "sigs.k8s.io/json"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/sources/flux"
)

// each calls do for each document of the files that a field of the test lists.
func (x *trial) each(field string, files []string, do func(file string, d flux.Document)) {
	for i, name := range files {
		x.one(x.document.Place(x.shown(x.file), field, strconv.Itoa(i)), name, do)
	}
}

// one calls do for each document of a file that is named at a place.
func (x *trial) one(at finding.Place, name string, do func(file string, d flux.Document)) {
	file, inside := below(x.file, name)
	if !inside {
		x.report(at, "test/file", name+" is not read", "it is outside of the files of the tests", "name a file relative to the test")
		return
	}
	for _, d := range x.documents(at, file) {
		do(file, d)
	}
}

func (x *trial) readPolicies(t *test) {
	x.each("policies", t.Policies, func(file string, d flux.Document) {
		b, err := d.JSON()
		var p *admission.Policy
		if err == nil {
			p, err = admission.Parse(b)
		}
		if err != nil {
			x.mistakes(d, file, file+" is no policy that can be asked here", err)
			return
		}
		x.policies = append(x.policies, p)
		x.stands[p] = func(err error) { x.mistakes(d, file, "policy "+p.Name+" cannot be asked", err) }
	})
}

// mistakes reports what is wrong with a policy, each on its line.
func (x *trial) mistakes(d flux.Document, file, fact string, err error) {
	for _, m := range admission.Mistakes(err) {
		x.report(d.Place(x.shown(file), m.Keys...), "test/policy", fact, m.What, m.Fix)
	}
}

func (x *trial) readExceptions(t *test) {
	for _, o := range x.objects("exceptions", t.Exceptions) {
		e, err := (*admission.Exception)(nil), errors.New("it is none")
		if o.Kind == "PolicyException" {
			e, err = admission.ParseException(o)
		}
		if err != nil {
			x.report(x.document.Place(x.shown(x.file), "exceptions"), "test/file", o.ID.String()+" is no exception that can be read", line(err.Error()), "correct it")
			continue
		}
		x.excepted = append(x.excepted, e)
	}
}

// objects are those in the files that a field of the test lists, each once.
func (x *trial) objects(field string, files []string) []*manifest.Object {
	var out []*manifest.Object
	seen := map[string]bool{}
	x.each(field, files, func(file string, d flux.Document) {
		b, err := d.JSON()
		var value map[string]any
		if err == nil {
			err = kjson.UnmarshalCaseSensitivePreserveInts(b, &value)
		}
		var o *manifest.Object
		if err == nil {
			o, err = object(value)
		}
		if err == nil && seen[o.APIVersion+o.ID.String()] {
			err = fmt.Errorf("%s is there twice", o.ID)
		}
		if err != nil {
			x.report(d.Place(x.shown(file)), "test/file", "an object of "+file+" cannot be read", line(err.Error()), "correct it")
			return
		}
		seen[o.APIVersion+o.ID.String()] = true
		out = append(out, o)
	})
	return out
}

// object is an object of the tree that a value makes.
func object(value map[string]any) (*manifest.Object, error) {
	u := unstructured.Unstructured{Object: value}
	gvk := u.GroupVersionKind()
	if u.GetAPIVersion() == "" || gvk.Kind == "" {
		return nil, errors.New("it has no apiVersion or no kind")
	}
	if u.IsList() {
		return nil, errors.New("it is a list: write its items as documents")
	}
	return &manifest.Object{
		ID:         manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: u.GetNamespace(), Name: u.GetName()},
		APIVersion: u.GetAPIVersion(), Value: value,
	}, nil
}

// readBeside reads what resources can be looked up beside: the context, and the
// namespaces with their labels.
func (x *trial) readBeside(t *test) {
	at := func(field string) finding.Place { return x.document.Place(x.shown(x.file), field) }
	keep := func(place finding.Place, all []map[string]any) {
		for _, value := range all {
			o, err := object(value)
			if err != nil {
				x.report(place, "test/file", "an object beside the resources cannot be read", err.Error(), "correct it")
				continue
			}
			x.beside = append(x.beside, o)
		}
	}
	known := func(place finding.Place, v values) {
		for _, n := range v.Namespaces {
			if n["kind"] == nil { // the type says it
				n["apiVersion"], n["kind"] = "v1", "Namespace"
			}
		}
		keep(place, v.Namespaces)
		for _, s := range v.Selectors {
			labels := map[string]any{}
			for k, l := range s.Labels {
				labels[k] = l
			}
			keep(place, []map[string]any{{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": s.Name, "labels": labels}}})
		}
	}
	if t.Values != nil {
		known(at("values"), *t.Values)
	}
	if t.Variables != "" {
		x.one(at("variables"), t.Variables, func(file string, d flux.Document) {
			if v := (&valuesFile{}); x.decode(d, file, v, "Values", "Value") {
				known(d.Place(x.shown(file)), v.values)
			}
		})
	}
	if t.Context != "" {
		x.one(at("context"), t.Context, func(file string, d flux.Document) {
			if c := (&contextFile{}); x.decode(d, file, c, "Context") {
				keep(d.Place(x.shown(file)), c.Spec.Resources)
			}
		})
	}
}

// readUser reads who creates the resources: nobody in particular, unless it is said.
func (x *trial) readUser(t *test) {
	if t.UserInfo == "" {
		return
	}
	x.one(x.document.Place(x.shown(x.file), "userinfo"), t.UserInfo, func(file string, d flux.Document) {
		if u := (&userFile{}); x.decode(d, file, u, "UserInfo") {
			x.username, x.groups = u.UserInfo.Username, u.UserInfo.Groups
		}
	})
}
