package traffic

import (
	"fmt"
	"strings"
)

// FullHost gives a host without a dot the cluster's domain, if it has one.
func FullHost(host, domain string) string {
	if strings.Contains(host, ".") || domain == "" {
		return host
	}
	return host + "." + domain
}

// Matches reports whether a host is the pattern, or one label below its star.
func Matches(pattern, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return pattern == host || parent != "" && pattern == "*."+parent
}

// given reports hosts of an app or chart that a workspace elsewhere may use.
func (x *exposure) given(hosts []string) {
	for _, name := range x.Workspaces {
		if x.of.among[0].Namespace == name {
			continue
		}
		for _, pattern := range x.Desired.Namespaces[name].Hosts {
			for _, host := range hosts {
				if Matches(FullHost(pattern, x.Desired.Cluster.Domain), host) {
					x.Error(x.at, "expose/workspace", fmt.Sprintf("host %s is not allowed here", host), fmt.Sprintf("workspace %s may use %s", name, FullHost(pattern, x.Desired.Cluster.Domain)), "choose another, or take it from the hosts of the workspace")
				}
			}
		}
	}
}
