package gate

// facts compares what the clusters say of themselves, and what checks and policies go by.
type facts struct{ *comparison }

// row is what is compared of one fact of the cluster: in the file of its name.
type row struct {
	fact    string   // the field of cluster
	compare []func() // none for a fact that loosens nothing
	why     string   // the reason for none
}

// rows has each fact of the cluster once.
func (c facts) rows() []row {
	return []row{
		{fact: "name", why: "a renamed cluster is a new one, and the old one is reported as gone"},
		{fact: "domain", compare: []func(){c.domain}},
		{fact: "timezone", why: "it moves schedules, and allows nothing"},
		{fact: "kubernetes", compare: []func(){c.kubernetes}},
		{fact: "flux", compare: []func(){c.flux}},
		{fact: "secrets", compare: []func(){c.secrets}},
		{fact: "registries", compare: []func(){c.registries}},
		{fact: "network", compare: []func(){c.pools}},
		{fact: "ingress", why: "it names the pods that requests come from, and traffic is not compared"},
		{fact: "certificates", compare: []func(){c.certificates}},
		{fact: "tunnels", compare: []func(){c.tunnels}},
		{fact: "meshes", why: "it names the pods that requests come from, and traffic is not compared"},
		{fact: "metrics", why: "it names the pods that read metrics, and traffic is not compared"},
		{fact: "storage", why: "it says where volumes lie, and what is declared is allowed"},
		{fact: "backups", why: "the render warns of each volume that no store takes any longer (backup/none)"},
		{fact: "nodes", compare: []func(){c.nodes}},
		{fact: "ceilings", compare: []func(){c.ceilings}},
		{fact: "rollout", why: "it limits how many units change at once, and not what they change"},
		{fact: "notifications", why: "they report a change, and do not judge it"},
		{fact: "images", compare: []func(){c.images}},
		{fact: "policies", compare: []func(){c.choice, c.parameters, c.exceptions}},
		{fact: "suppress", compare: []func(){c.suppressions}},
	}
}
