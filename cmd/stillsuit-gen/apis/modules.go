package apis

// kubernetes are the modules k8s.io/kubernetes that have discovery, by minor: the newest
// of each that Go's module proxy holds.
func kubernetes() map[int]string {
	return map[int]string{
		29: "v1.29.6", 30: "v1.30.14", 31: "v1.31.14", 32: "v1.32.13", 33: "v1.33.13",
		34: "v1.34.9", 35: "v1.35.4", 36: "v1.36.3", 37: "v1.37.2",
	}
}

// openAPI is an old one, with kinds and resources that were removed long ago.
const openAPI = "v1.13.0"

// clients are the modules k8s.io/client-go of minors between.
func clients() map[int]string {
	return map[int]string{17: "v0.17.3", 20: "v0.20.6", 22: "v0.22.5", 23: "v0.23.6", 24: "v0.24.3", 25: "v0.25.4", 26: "v0.26.2", 27: "v0.27.4", 28: "v0.28.3"}
}

// types are the modules k8s.io/api, oldest first, that say when a kind comes and goes. The
// first one has the groups that later ones lack.
func types() []string {
	return []string{
		"v0.17.3", "v0.20.6", "v0.21.1", "v0.22.5", "v0.23.16", "v0.24.3", "v0.25.9", "v0.26.9", "v0.27.4", "v0.28.3", "v0.29.15",
		"v0.30.14", "v0.31.14", "v0.32.13", "v0.33.13", "v0.34.13", "v0.35.10", "v0.36.6", "v0.37.2",
	}
}

// lifecycleModules are all modules with kinds that API servers have had, those that win last.
func lifecycleModules() []string {
	var out []string
	for _, version := range types()[1:] {
		out = append(out, "k8s.io/api@"+version)
	}
	return append(out, "k8s.io/apiextensions-apiserver@v0.36.6", "k8s.io/kube-aggregator@v0.36.6")
}
