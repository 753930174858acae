package gate

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
	"stillsuit.dev/generator/model"
)

// charts compares what Kyverno is told by its chart.
func (c *comparison) charts() {
	for _, name := range slices.Sorted(maps.Keys(c.head.Charts)) {
		is, was := c.head.Charts[name], c.base.Charts[name]
		if was != nil && slices.Contains(is.Provides, kyverno) && !reflect.DeepEqual(is.Values, was.Values) {
			c.same(path("charts", name, "values"), "the values of chart "+name+" differ, and this chart asks the policies in the cluster", "it has other values")
		}
	}
}

// footprints compares what the pods of charts are said to take, which no object tells,
// while the charts are the same.
func (c *comparison) footprints() {
	for _, name := range slices.Sorted(maps.Keys(c.base.Charts)) {
		was, is := c.base.Charts[name], c.head.Charts[name]
		if is == nil || is.Off != "" || was.Version != is.Version || was.Footprint == nil {
			continue
		}
		for _, component := range slices.Sorted(maps.Keys(was.Footprint)) {
			at := path("charts", name, "footprint", component)
			before, now := was.Footprint[component], is.Footprint[component]
			switch {
			case before.Off != "":
			case now == nil || now.Off != "":
				c.same(at, fmt.Sprintf("%s of chart %s has an empty footprint", component, name), "it takes something")
			case less(now.Requests, before.Requests) || less(now.Limits, before.Limits):
				c.same(at, fmt.Sprintf("%s of chart %s has a smaller footprint", component, name), "the same version takes more")
			}
		}
	}
}

// less reports whether an amount is below another one. What nobody said is nothing.
func less(is, was *model.Resources) bool {
	below := func(is, was *resource.Quantity) bool { return was != nil && (is == nil || is.Cmp(*was) < 0) }
	if is == nil {
		is = &model.Resources{}
	}
	return was != nil && (below(is.CPU, was.CPU) || below(is.Memory, was.Memory))
}
