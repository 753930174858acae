package model

// longestRelease is what Helm takes (helm.sh/docs/chart_template_guide).
const longestRelease = 53

// checkChartNames reports names in charts that Kubernetes or Helm would refuse.
func checkChartNames(d *Desired, r *Reporter) {
	for n, c := range d.Charts {
		at := Path{"charts", n}
		checkName(r, at, "a chart", longestRelease)
		if c.Namespace != "" {
			checkName(r, at.Join("namespace"), "a namespace", 63, c.Namespace)
		}
		if c.Release != n {
			checkName(r, at.Join("release"), "a release", longestRelease, c.Release)
		}
		for e := range c.Expose {
			checkName(r, at.Join("expose", e), "an exposure", 63)
		}
		for s, service := range c.Services {
			checkPortName(r, at.Join("services", s))
			if service.Service != c.Release {
				checkName(r, at.Join("services", s, "service"), "a Service", 63, service.Service)
			}
		}
		for f := range c.Footprint {
			checkName(r, at.Join("footprint", f), "a component", 63)
		}
	}
}
