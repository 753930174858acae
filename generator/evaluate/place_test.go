package evaluate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// In the files below each place that a case wants is marked by a comment at
// the end of its line: //1 and so on. The column is that of the first letter
// of the last name in the case, as it stands on that line.
const placesApps = header + `
_defaults: {
	requests: {cpu: "10m"} //1
	limits: memory: "1Gi" //2
}
let Image = {image: "let"} //3
#Web: v1alpha1.#App & {
	namespace: "web" //4
	containers: main: image: "def" //5
}
apps: a: { //6
	namespace: "x", user: 5 //7
	containers: main: _defaults & {image: "a"} //8
	containers: side: {Image, command: ["a", "b"]} //9
	volumes: data: size: "1Gi" //10
	files: "/etc/x.conf": {text: """
		a
		"""} //11
}
apps: b: _web //12
_web: #Web & {user: 3} //13
apps: {for k in ["m", "n"] {(k): {namespace: "for", containers: main: image: "img-\(k)"}}} //14
apps: [=~"^m"]: user: 7 //15
if true {apps: iff: user: 1} //16
apps: "q-r": {#Web, user: 9} //17
apps: "dyn\(1)": user: 2 //18
apps: [string]: {place: arch: "arm64"} //19
apps: typed: namespace: string //20
apps: typed: namespace: "home" //21
apps: joined: {user: 1} & {namespace: "m"} //22
apps: listed: containers: main: command: [for s in ["x"] {s}] //23
apps: ref: user: apps.a.user //24
apps: env: containers: main: env: {A: "1", B: 2} //25
apps: deep: workloads: w: containers: c: limits: memory: "1Gi" //26
apps: alias: X={namespace: "al", secrets: db: X.namespace} //27
apps: cond: {if cluster.name == "turingpi" {user: 4}} //28
apps: nest: containers: {
	one: {
		image: "1" //29
	}
}
`

const placesMore = `package turingpi

apps: a: replicas: 2 //1
apps: more: namespace: "more" //2
namespaces: home: security: "restricted" //3
apps: far: internet: tcp: [ //4
	80, //5
	443, //6
]
`

func TestPlace(t *testing.T) {
	r, _ := repository(t, map[string]string{
		"clusters/turingpi/apps.cue": placesApps, "clusters/turingpi/more.cue": placesMore,
	})
	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	cases := []struct {
		path, file string
		mark       string
		label      string // what stands at the place; the path's last name unless given
	}{
		{"cluster", "apps", "cluster: v1", ""},
		{"cluster.name", "apps", "cluster: v1", ""},
		{"cluster.nodes.node1", "apps", "cluster: v1", ""},
		{"apps.a", "apps", "//6", ""},
		{"apps.a.namespace", "apps", "//7", ""},
		{"apps.a.user", "apps", "//7", ""},
		{"apps.a.replicas", "more", "//1", ""},
		{"apps.a.containers", "apps", "//8", ""},
		{"apps.a.containers.main", "apps", "//8", ""},
		{"apps.a.containers.main.image", "apps", "//8", ""},
		{"apps.a.containers.main.requests", "apps", "//1", ""},
		{"apps.a.containers.main.requests.cpu", "apps", "//1", ""},
		{"apps.a.containers.main.limits.memory", "apps", "//2", ""},
		{"apps.a.containers.side.image", "apps", "//3", ""},
		{"apps.a.containers.side.command", "apps", "//9", ""},
		{"apps.a.containers.side.command.0", "apps", "//9", `"a"`},
		{"apps.a.containers.side.command.1", "apps", "//9", `"b"`},
		{"apps.a.volumes.data", "apps", "//10", ""},
		{"apps.a.volumes.data.size", "apps", "//10", ""},
		{"apps.b", "apps", "//12", ""},
		{"apps.b.namespace", "apps", "//4", ""},
		{"apps.b.user", "apps", "//13", ""},
		{"apps.b.containers.main.image", "apps", "//5", ""},
		{"apps.m", "apps", "//14", "(k)"},
		{"apps.m.namespace", "apps", "//14", ""},
		{"apps.m.user", "apps", "//15", ""},
		{"apps.n.containers.main.image", "apps", "//14", ""},
		{"apps.iff.user", "apps", "//16", ""},
		{"apps.q-r.user", "apps", "//17", ""},
		{"apps.q-r.namespace", "apps", "//4", ""},
		{"apps.dyn1", "apps", "//18", `"dyn\(1)"`},
		{"apps.dyn1.user", "apps", "//18", ""},
		{"apps.a.place.arch", "apps", "//19", ""},
		{"apps.typed.namespace", "apps", "//21", ""},
		{"apps.joined.namespace", "apps", "//22", ""},
		{"apps.listed.containers.main.command", "apps", "//23", ""},
		{"apps.ref.user", "apps", "//24", ""},
		{"apps.env.containers.main.env.B", "apps", "//25", ""},
		{"apps.deep.workloads.w.containers.c.limits.memory", "apps", "//26", ""},
		{"apps.deep.workloads.w", "apps", "//26", ""},
		{"apps.alias.secrets.db", "apps", "//27", ""},
		{"apps.cond.user", "apps", "//28", ""},
		{"apps.nest.containers.one.image", "apps", "//29", ""},
		{"apps.more.namespace", "more", "//2", ""},
		{"namespaces.home.security", "more", "//3", ""},
		{"apps.far.internet.tcp", "more", "//4", ""},
		{"apps.far.internet.tcp.1", "more", "//6", "443"},
	}
	require.Greater(t, len(cases), 30)
	files := map[string]string{"apps": placesApps, "more": placesMore}
	for _, tc := range cases {
		path := strings.Split(tc.path, ".")
		got, ok := c.Place(path...)
		require.True(t, ok, tc.path)
		require.Equal(t, "clusters/turingpi/"+tc.file+".cue", got.File, tc.path)
		line := strings.Split(files[tc.file], "\n")[got.Line-1]
		if strings.HasPrefix(tc.mark, "//") {
			require.True(t, strings.HasSuffix(line, tc.mark), "%s: line %d: %s", tc.path, got.Line, line)
		} else {
			require.Contains(t, line, tc.mark, tc.path)
		}
		label := tc.label
		if label == "" {
			label = path[len(path)-1]
		}
		require.True(t, strings.HasPrefix(strings.TrimPrefix(line[got.Column-1:], `"`), label) || strings.HasPrefix(line[got.Column-1:], label),
			"%s: column %d: %s", tc.path, got.Column, line)
	}
}

func TestPlaceMissing(t *testing.T) {
	r, _ := repository(t, map[string]string{"clusters/turingpi/apps.cue": header + "apps: a: namespace: \"x\"\n"})
	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	for _, path := range [][]string{
		{"apps", "b"}, {"apps", "a", "user"}, {"apps", "a", "containers", "main"}, {"apps", "a", "namespace", "0"},
		// The profile in the schemas sets it.
		{"cluster", "nodes", "node1", "memory"},
	} {
		_, ok := c.Place(path...)
		require.False(t, ok, path)
	}
	require.Equal(t, "clusters/turingpi/apps.cue:7:7", c.Nearest("apps", "a", "containers", "main").String())
	require.Equal(t, "clusters/turingpi/apps.cue:5:56", c.Nearest("cluster", "nodes", "node1", "memory").String())
	require.Equal(t, "clusters/turingpi/apps.cue", c.Nearest("charts", "x").String())
}

func TestPlaceInCatalogue(t *testing.T) {
	r, _ := repository(t, map[string]string{
		"clusters/turingpi/apps.cue": header + "apps: photos: from: \"immich\"\ncluster: network: {pods: \"10.42.0.0/16\", services: \"10.43.0.0/16\"}\n",
		"apps/own/own.cue":           "package own\n\nname: _\napp: {\n\tnamespace: name\n}\n",
	})
	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	e, fs, err := c.Catalogue(KindApp, "immich", "photos")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.Contains(t, string(e.JSON()), `"DB_HOSTNAME":"photos-postgres"`)
	p, ok := e.Place("workloads", "valkey", "containers", "main", "image")
	require.True(t, ok)
	require.Equal(t, "stillsuit.dev/apps/immich/immich.cue:49:4", p.String())
	require.Empty(t, e.Files())

	e, fs, err = c.Catalogue(KindContainer, "gluetun", "sonarr")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.Contains(t, string(e.JSON()), `"FIREWALL_OUTBOUND_SUBNETS":"10.42.0.0/16,10.43.0.0/16"`)

	e, fs, err = c.Catalogue(KindApp, "own", "mine")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.JSONEq(t, `{"namespace":"mine"}`, string(e.JSON()))
	p, ok = e.Place("namespace")
	require.True(t, ok)
	require.Equal(t, "apps/own/own.cue:5:2", p.String())
	require.Equal(t, []string{"apps/own/own.cue"}, e.Files())

	names, err := r.CatalogueNames()
	require.NoError(t, err)
	require.Equal(t, []string{"gluetun", "immich", "own"}, names)
}
