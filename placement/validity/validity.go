// Package validity finds fields that the API server refuses, of those that decide how
// many pods there are, which pods others mean, and where they run. Whatever has such a
// field is never created, so nothing can be said of where its pods run.
package validity

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	storagev1 "k8s.io/api/storage/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/valid"
	"stillsuit.dev/inventory"
)

// Problem is a field that the API server refuses.
type Problem struct {
	// Spot is the field.
	Spot inventory.Spot
	// Problem names the field, the object and the value, Detail says what Kubernetes
	// accepts, and Fix what to write.
	Problem, Detail, Fix string
	// Reported says that whoever read the object has reported it: package
	// generator/valid knows labels wherever they stand.
	Reported bool
	// Unfilled says that something else writes the value later, as Flux does for ${NAME},
	// so that it is not known and not wrong.
	Unfilled bool
}

// problems are those of one object.
type problems struct {
	object *manifest.Object
	labels []string // of the CUE value that fields are made from
	found  []Problem
}

// refuse reports a field. Its value is cut where it is long.
func (r *problems) refuse(keys []string, value any, contrast, mend string) {
	text := fmt.Sprintf("%q", fmt.Sprint(value))
	if _, number := value.(int32); number {
		text = fmt.Sprint(value)
	}
	if len(text) > 80 {
		text = fmt.Sprintf("%s…\" (%d bytes)", strings.ToValidUTF8(text[:64], ""), len(fmt.Sprint(value)))
	}
	r.add(keys, fmt.Sprintf("%s of %s is %s", valid.DottedBare(keys), r.object.DisplayName(), text), contrast, mend)
}

func (r *problems) add(keys []string, fact, contrast, mend string) {
	r.found = append(r.found, Problem{Spot: r.at(keys), Problem: fact, Detail: contrast, Fix: mend})
}

func (r *problems) at(keys []string) inventory.Spot {
	return inventory.Spot{Object: r.object, Keys: slices.Clone(keys), Path: r.labels}
}

// OfPods returns what the API server refuses of pods and of the object that makes them.
func OfPods(p *inventory.PodTemplate) []Problem {
	r := &reader{problems{object: p.Object}}
	spec := []string{"spec"}
	switch v := p.Object.Value.(type) {
	case *appsv1.Deployment:
		r.count(valid.Below(spec, "replicas"), v.Spec.Replicas)
		r.selector(valid.Below(spec, "selector"), v.Spec.Selector)
		if u := v.Spec.Strategy.RollingUpdate; u != nil {
			r.rolling(valid.Below(spec, "strategy"), u.MaxSurge, u.MaxUnavailable)
		}
	case *appsv1.ReplicaSet:
		r.count(valid.Below(spec, "replicas"), v.Spec.Replicas)
		r.selector(valid.Below(spec, "selector"), v.Spec.Selector)
	case *appsv1.StatefulSet:
		r.count(valid.Below(spec, "replicas"), v.Spec.Replicas)
		r.selector(valid.Below(spec, "selector"), v.Spec.Selector)
	case *appsv1.DaemonSet:
		r.selector(valid.Below(spec, "selector"), v.Spec.Selector)
		if u := v.Spec.UpdateStrategy.RollingUpdate; u != nil {
			r.rolling(valid.Below(spec, "updateStrategy"), u.MaxSurge, u.MaxUnavailable)
		}
	case *corev1.ReplicationController:
		r.count(valid.Below(spec, "replicas"), v.Spec.Replicas)
		r.set(valid.Below(spec, "selector"), v.Spec.Selector)
	case *batchv1.Job:
		r.job(spec, &v.Spec)
	case *batchv1.CronJob:
		r.job(valid.Below(spec, "jobTemplate", "spec"), &v.Spec.JobTemplate.Spec)
	}
	r.carried(p.Labels)
	placement{r}.pod(p.Spot().Keys, p.Spec)
	for i := range p.Claims {
		r.selector(valid.Below(spec, "volumeClaimTemplates", strconv.Itoa(i), "spec", "selector"), p.Claims[i].Spec.Selector)
	}
	return r.found
}

// Of returns what the API server refuses of an object that makes no pods: a disruption
// budget, a claim or a storage class.
func Of(o *manifest.Object) []Problem {
	r := &reader{problems{object: o}}
	switch v := o.Value.(type) {
	case *policyv1.PodDisruptionBudget:
		r.labels = []string{"disruption"}
		r.selector([]string{"spec", "selector"}, v.Spec.Selector)
		r.share([]string{"spec", "minAvailable"}, v.Spec.MinAvailable)
		r.share([]string{"spec", "maxUnavailable"}, v.Spec.MaxUnavailable)
	case *corev1.PersistentVolumeClaim:
		r.selector([]string{"spec", "selector"}, v.Spec.Selector)
	case *storagev1.StorageClass:
		for i, term := range v.AllowedTopologies {
			for j, e := range term.MatchLabelExpressions {
				at := []string{"allowedTopologies", strconv.Itoa(i), "matchLabelExpressions", strconv.Itoa(j)}
				r.key(valid.Below(at, "key"), e.Key)
				if len(e.Values) == 0 {
					r.add(valid.Below(at, "values"), valid.DottedBare(valid.Below(at, "values"))+" of "+o.DisplayName()+" is empty", "a topology names at least one value", "name the nodes or zones that may have volumes")
				}
				r.values(valid.Below(at, "values"), e.Values)
			}
		}
	}
	return r.found
}
