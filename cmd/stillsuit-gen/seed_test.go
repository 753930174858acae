package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// seeded are the entries that write a first configuration, with the file that they write.
func seeded() map[string]string {
	return map[string]string{
		"adguard-home":   "/opt/adguardhome/conf/AdGuardHome.yaml",
		"home-assistant": "/config/configuration.yaml",
		"openclaw":       "/home/node/.openclaw/openclaw.json",
	}
}

// TestSeeds runs what the init containers of entries run, as rendered, with directories in
// place of the mounts: the configuration is written when there is none, and one that is there
// stays as it is.
func TestSeeds(t *testing.T) {
	all, err := entries(t.Context(), root)
	require.NoError(t, err)
	found := 0
	for _, e := range all {
		seed, data := seedOf(t, e)
		if seed == nil {
			require.NotContains(t, seeded(), e.Name)
			continue
		}
		found++
		t.Run(e.Name, func(t *testing.T) {
			require.Contains(t, seeded(), e.Name)
			dir := t.TempDir()
			run := func() {
				var mounts []string
				for _, m := range seed.VolumeMounts {
					at := filepath.Join(dir, m.MountPath)
					if m.SubPath != "" {
						require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
						require.NoError(t, os.WriteFile(at, []byte(data[m.SubPath]), 0o644))
					} else {
						require.NoError(t, os.MkdirAll(at, 0o755))
					}
					mounts = append(mounts, m.MountPath, at)
				}
				c := exec.Command(seed.Command[0], seed.Command[1], strings.NewReplacer(mounts...).Replace(seed.Command[2]))
				c.Env = []string{"PATH=" + os.Getenv("PATH"), "PASSWORD_HASH=$2y$10$made/up.hash"}
				out, err := c.CombinedOutput()
				require.NoError(t, err, string(out))
			}
			run()
			file := filepath.Join(dir, seeded()[e.Name])
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NotContains(t, string(b), "PASSWORD_HASH")
			if e.Name != "home-assistant" { // whose tags only it knows
				var value map[string]any
				require.NoError(t, yaml.UnmarshalStrict(b, &value))
				require.NotEmpty(t, value)
			}
			require.NoError(t, os.WriteFile(file, []byte("mine\n"), 0o644))
			run()
			b, err = os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, "mine\n", string(b))
		})
	}
	require.Len(t, seeded(), found)
}

// seedOf is the container that writes an entry's first configuration, with the files of its
// ConfigMaps; nil when it has none.
func seedOf(t *testing.T, e told) (*corev1.Container, map[string]string) {
	templates, err := e.subject().PodTemplates()
	require.NoError(t, err)
	data := map[string]string{}
	for _, o := range e.subject().Objects {
		if c, ok := o.Value.(*corev1.ConfigMap); ok {
			for key, text := range c.Data {
				data[key] = text
			}
		}
	}
	for _, p := range templates {
		for i := range p.Spec.InitContainers {
			if c := &p.Spec.InitContainers[i]; c.Name == "seed" {
				return c, data
			}
		}
	}
	return nil, nil
}

// TestTrustedProxies holds what Home Assistant trusts against the cluster: pods and nodes.
func TestTrustedProxies(t *testing.T) {
	all, err := entries(t.Context(), root)
	require.NoError(t, err)
	for _, e := range all {
		if e.Name != "home-assistant" {
			continue
		}
		_, data := seedOf(t, e)
		var proxy struct {
			HTTP struct {
				Uses    bool     `json:"use_x_forwarded_for"`
				Trusted []string `json:"trusted_proxies"`
			} `json:"http"`
		}
		require.NoError(t, yaml.Unmarshal([]byte(data["proxy.yaml"]), &proxy))
		require.True(t, proxy.HTTP.Uses)
		require.Equal(t, []string{"10.42.0.0/16", "192.168.1.10"}, proxy.HTTP.Trusted)
		require.Contains(t, data["configuration.yaml"], "packages: !include_dir_named packages")
	}
}
