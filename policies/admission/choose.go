package admission

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/policies"
)

// choose returns the given policies that the cluster holds itself to, and tells of
// what it names and is not there.
func (c *check) choose(given []*Policy) []*Policy {
	var sets, names []string
	for _, p := range given {
		sets, names = append(sets, p.Sets...), append(names, p.Name)
	}
	slices.Sort(sets)
	sets = slices.Compact(sets)
	for i, set := range c.choice.Sets {
		if !slices.Contains(sets, set) {
			c.unknown([]string{"sets", strconv.Itoa(i)}, "cluster.policies names the set "+set, "there is no such set of policies", set, sets)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.choice.Off)) {
		if !slices.Contains(names, name) {
			c.unknown([]string{"off", name}, "cluster.policies turns policy "+name+" off", "there is no such policy", name, names)
		}
	}
	return slices.DeleteFunc(slices.Clone(given), func(p *Policy) bool {
		_, off := c.choice.Off[p.Name]
		return off || !slices.ContainsFunc(p.Sets, func(set string) bool { return slices.Contains(c.choice.Sets, set) })
	})
}

func (c *check) unknown(below []string, fact, contrast, name string, all []string) {
	mend := "remove it"
	switch like := finding.Suggest(name, all); {
	case like != "":
		mend = "did you mean " + like + "?"
	case len(all) > 0 && len(all) < 10:
		mend = "name one of " + finding.All(all)
	}
	c.Error(at(below...), "admission/choice", fact, contrast, mend)
}

// at is a place in cluster.policies.
func at(below ...string) policies.Spot {
	return policies.Spot{Labels: slices.Concat([]string{"policies"}, below)}
}

// declared are the exceptions of cluster.policies. One that lacks something excuses
// nothing.
func (c *check) declared() []*Exception {
	var out []*Exception
	for _, name := range slices.Sorted(maps.Keys(c.choice.Exceptions)) {
		e := c.choice.Exceptions[name]
		_, err := time.Parse(time.DateOnly, e.Until)
		switch lacks := lacking(e); {
		case lacks != "":
			c.Error(at("exceptions", name), "admission/exception", fmt.Sprintf("exception %s lacks %s", name, lacks), "something is let off one policy for a reason and until a day, or it is forgotten", "add it")
		case err != nil:
			c.Error(at("exceptions", name, "until"), "admission/exception", fmt.Sprintf("exception %s holds until %s", name, e.Until), "there is no such day", "correct it")
		case e.App != "" && c.Cluster != nil && c.Apps[e.App] == nil && c.Charts[e.App] == nil:
			c.unknownApp(name, e.App)
		default:
			out = append(out, &Exception{Name: name, Policies: []string{e.Policy}, App: e.App, Namespace: e.Namespace, Until: e.Until})
		}
	}
	return out
}

func (c *check) unknownApp(exception, app string) {
	mend := "remove it"
	if like := finding.Suggest(app, slices.Concat(slices.Sorted(maps.Keys(c.Apps)), slices.Sorted(maps.Keys(c.Charts)))); like != "" {
		mend = "did you mean " + like + "?"
	}
	c.Error(at("exceptions", exception, "app"), "admission/exception", fmt.Sprintf("exception %s is about %s", exception, app), "no app or chart has that name", mend)
}

func lacking(e model.PolicyException) string {
	switch {
	case e.Policy == "":
		return "policy"
	case cmp.Or(e.App, e.Namespace) == "":
		return "app or namespace"
	case e.Reason == "":
		return "reason"
	case e.Until == "":
		return "until"
	}
	return ""
}
