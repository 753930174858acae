package render

import "stillsuit.dev/generator/model"

// restPieces are charts, namespaces, access and policies.
func restPieces(c *cluster) []piece {
	var out []piece
	entry := func(at model.Path, make func() []made) {
		what := map[string]string{"apps": "app", "charts": "chart", "rbac": "entry of rbac"}[at[0]]
		out = append(out, piece{what, at[:2], make})
	}
	for _, ns := range c.namespaces {
		out = append(out, piece{"namespace", model.Path{"namespaces", ns.name}, func() []made { return namespaceObjects(c, ns) }})
	}
	out = append(out, piece{"section", model.Path{"cluster", "importance"}, func() []made { return priorityClasses(c.importance) }})
	for _, p := range c.policies.asked {
		out = append(out, piece{"policy", model.Path{"cluster", "policies"}, func() []made { return []made{validating(c, p)} }})
	}
	for _, x := range c.charts {
		entry(x.at, func() []made { return chartObjects(c, x) })
	}
	for _, a := range c.access.accounts {
		entry(a.at, func() []made { return []made{outsiderObject(a)} })
	}
	for _, r := range c.access.roles {
		entry(r.at, func() []made { return []made{roleObject(r)} })
	}
	for _, b := range c.access.bindings {
		entry(b.at, func() []made { return []made{bindingObject(b)} })
	}
	return out
}
