package model

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
)

func TestParameters(t *testing.T) {
	image := func(platforms ...string) lock.Image { return lock.Image{Platforms: platforms} }
	locked := &lock.Lock{Images: map[string]lock.Image{
		"docker.io/a/intel:1": image("linux/amd64"), "docker.io/a/intel:2": image("linux/amd64", "windows/amd64"),
		"docker.io/a/grown:1": image("linux/amd64"), "docker.io/a/grown:2": image("linux/amd64", "linux/arm64/v8"),
		"localhost:5000/arm:1": image("linux/arm64/v8"), "ghcr.io/a/none:1": image("windows/amd64"),
	}}
	secret := map[string]string{"a": "secrets/a.sops.yaml"}
	d := &Desired{
		Cluster: Cluster{
			Domain: "lan", Kubernetes: Kubernetes{Distribution: "k3s"}, Registries: []string{"ghcr.io/", "docker.io/library"},
			Network:       Network{Pools: map[string]string{"a": "192.168.1.240-192.168.1.250", "b": "fd00::/126", "c": "nonsense"}},
			Certificates:  map[string]Certificate{"a": {Domains: []string{"home.example"}}},
			Meshes:        map[string]Mesh{"ts": {Class: "ts", Namespace: "mesh"}},
			Tunnels:       map[string]Tunnel{"a": {App: "tunneler/one", Domains: []string{"out.example"}}, "b": {App: "chart"}, "c": {App: "gone"}},
			Storage:       map[string]StorageClass{"nfs": {Provisioner: "nfs.csi.k8s.io"}, "sata": {Provisioner: localPath}, "disk": {Nodes: []string{"a"}}},
			Notifications: map[string]Notification{"a": {Secret: "secrets/notify.sops.yaml"}},
		},
		Namespaces: map[string]*Namespace{"sandbox": {Workspace: "for an agent", Hosts: []string{"sandbox", "*.lab.example"}}, "other": {Workspace: "for another", Hosts: []string{"x.lab.example"}}, "web": {}},
		Apps: map[string]*App{
			"site": {Namespace: "web", Secrets: secret, Workloads: map[string]*Workload{"": {}}, Expose: map[string]*Expose{
				"a": {Tunnel: "a"}, "b": {Mesh: "ts"}, "c": {Host: "site"},
			}},
			"agent":    {Namespace: "web", Boundary: []string{"sandbox", "lab"}, Workloads: map[string]*Workload{"main": {}}, Secrets: map[string]string{"a": "made-elsewhere"}},
			"tunneler": {Namespace: "net", Workloads: map[string]*Workload{"one": {}, "two": {}}},
			"off":      {Workload: Workload{Off: "broken"}, Namespace: "web", Secrets: secret, Boundary: []string{"web"}, Workloads: map[string]*Workload{"": {}}, Expose: map[string]*Expose{"a": {Tunnel: "a"}}},
		},
		Charts: map[string]*Chart{
			"chart": {Namespace: "tools", Secrets: secret}, "outside": {Outside: "there", Namespace: "x", Secrets: secret},
		},
		RBAC: map[string]*RBAC{"deployer": {Account: "web/agent-main", Boundary: []string{"sandbox"}}, "me": {User: "me", Boundary: []string{"web"}}},
	}
	require.Equal(t, map[string]string{
		"domains":           "['home.example', 'lab.example', 'lan', 'out.example']",
		"meshClasses":       "['ts']",
		"allowedRegistries": "['docker.io/library', 'ghcr.io']",
		"pools":             "['192.168.1.240/29', '192.168.1.248/31', '192.168.1.250/32', 'fd00::/126']",
		"storageClasses":    "['disk', 'local-path', 'nfs', 'sata']",
		"sharedClasses":     "['nfs']",
		"tunnelled":         "['web/site']",
		"tunnelClasses":     "['cloudflare-tunnel', 'tailscale', 'ts']",
		"tunnelWorkloads":   "['mesh/*', 'net/tunneler-one', 'tools/*']",
		"boundaries":        "{'web/agent-main': ['sandbox']}",
		"workspaceHosts":    "{'other': ['x.lab.example'], 'sandbox': ['sandbox.lan', '*.lab.example']}",
		"namespaces":        "['other', 'sandbox']",
		"encryptedUnits":    "['chart', 'notifications', 'site']",
		"amd64Images":       "['docker.io/a/intel']",
		"arm64Images":       "['localhost:5000/arm']",
	}, Parameters(d, locked))

	// What nobody said keeps the value of the policy; that there is none is known.
	require.Equal(t, map[string]string{
		"meshClasses": "[]", "tunnelled": "[]", "tunnelWorkloads": "[]", "namespaces": "[]", "encryptedUnits": "[]",
		"boundaries": "{}", "workspaceHosts": "{}",
	}, Parameters(&Desired{}, nil))

	d.Cluster.Policies = &Policies{Params: map[string][]string{"domains": {"b.example", "a.example"}, "requiredLabels": {"team"}}}
	got := Parameters(d, locked)
	require.Equal(t, "['b.example', 'a.example']", got["domains"], "a list by hand stays as it is")
	require.Equal(t, "['team']", got["requiredLabels"])
}

// TestPrefixes splits random ranges, and asks for each address around them.
func TestPrefixes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, base := range []string{"192.168.0.0", "0.0.0.0", "fd00::"} {
		start := netip.MustParseAddr(base)
		for range 50 {
			from, size := r.IntN(300), r.IntN(300)
			first := start
			for range from {
				first = first.Next()
			}
			last := first
			for range size {
				last = last.Next()
			}
			split := prefixes(first, last)
			require.LessOrEqual(t, len(split), 18)
			at := start
			for range from + size + 10 {
				in := 0
				for _, p := range split {
					if p.Contains(at) {
						in++
					}
				}
				within := first.Compare(at) <= 0 && at.Compare(last) <= 0
				require.Equal(t, within, in == 1, "%s in %s-%s", at, first, last)
				require.LessOrEqual(t, in, 1)
				at = at.Next()
			}
		}
	}
	require.Equal(t, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}, prefixes(netip.MustParseAddr("0.0.0.0"), netip.MustParseAddr("255.255.255.255")))
	require.Equal(t, []netip.Prefix{netip.MustParsePrefix("::/0")}, prefixes(netip.MustParseAddr("::"), netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")))
}

func TestRange(t *testing.T) {
	for text, want := range map[string]string{
		"192.168.1.240/28": "192.168.1.240 192.168.1.255", "10.0.0.1 - 10.0.0.3": "10.0.0.1 10.0.0.3", "fd00::-fd00::f": "fd00:: fd00::f",
		"10.0.0.1": "", "10.0.0.3-10.0.0.1": "", "10.0.0.1-fd00::1": "", "fe80::1%a-fe80::2%a": "", "": "",
	} {
		first, last, err := Range(text)
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, first.String()+" "+last.String())
	}
}

func TestCELString(t *testing.T) {
	for text, want := range map[string]string{
		"": `''`, "it's": `'it\'s'`, `a\b`: `'a\\b'`, "a\nb\x00": `'a\u000ab\u0000'`, "ü": `'ü'`, "\U0001f600\U000e0001": "'\U0001f600\\U000e0001'",
		"object.spec": `'object\u002espec'`, "oldObject.metadata.name": `'oldObject\u002emetadata.name'`, "\xff": "'�'",
	} {
		require.Equal(t, want, CELString(text))
	}
}
