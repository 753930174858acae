package resolve

import "stillsuit.dev/finding"

// appCodes are about an app, its workloads and their containers.
func appCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "app/missing-field", Title: "a field without which nothing can be rendered",
			Text:    "Fields of the schema are optional, because a catalogue entry below an app may give them. This one is given by neither, and Kubernetes needs it or nothing sensible can be assumed: a namespace, a container, its image, the schedule of a CronJob, the size of a claim.",
			Example: "apps: site: containers: main: ports: http: 8080\n// add image: \"ghcr.io/example/site:1.0.0\"",
		},
		{
			Code: "app/kind", Title: "a field that the workload's kind does not have",
			Text:    "Kubernetes runs pods by a Deployment, StatefulSet, DaemonSet, Job or CronJob, and not every field makes sense for each: only a CronJob has a schedule, a DaemonSet has no replicas, only a Deployment can be recreated. Remove the field, or the kind.",
			Example: "kind: \"DaemonSet\", replicas: 2    // remove replicas",
		},
		{
			Code: "app/unknown", Title: "an app, chart or workload that does not exist",
			Text:    "connects, after, beside and tunnels name apps and charts of the same cluster: by the name, by a workload of the own app, or as app/workload.",
			Example: "connects: mosquito: [\"mqtt\"]    // mosquitto",
		},
		{
			Code: "app/off", Title: "an app or chart is needed that is off",
			Text:    "An app or chart with off is not rendered, so nothing answers there. Remove its off, or what refers to it.",
			Example: "after: [\"twilio-bridge\"]    // which is off: \"its image does not exist yet\"",
		},
		{
			Code: "app/after-cycle", Title: "apps, charts or workloads wait for each other",
			Text:    "after makes Flux apply an app or chart only when the named ones are healthy, or a workload when others of its app are, and an object waits for the chart that brings its kind. In a circle none of them would ever be applied. For traffic use connects, which may go in circles: a program should wait for its database by itself.",
			Example: "apps: a: after: [\"b\"]\napps: b: after: [\"a\"]    // remove it",
		},
		{
			Code: "app/unknown-port", Title: "a port that the app does not have",
			Text:    "Ports are named by their containers, in ports and udp, or by a chart, in services. Connections, exposures, metrics and probes refer to them by that name, with the workload before it where an app has several: server/http.",
			Example: "connects: mosquitto: [\"mqqt\"]    // mqtt",
		},
		{
			Code: "app/ambiguous-port", Title: "several workloads have a port of that name",
			Text:    "Write the workload before the port's name.",
			Example: "connects: immich: [\"http\"]    // \"server/http\"",
		},
		{
			Code: "app/port-twice", Title: "two ports of a workload share a name or a number",
			Text:    "The containers of a pod share one address, so only one of them can listen on a port; and the ports of a workload go into one Service, which knows them by name.",
			Example: "containers: main: ports: http: 8080\nsidecars: proxy: ports: http: 8081    // proxy: 8081",
		},
		{
			Code: "app/request-above-limit", Title: "a container requests more than it may take",
			Text:    "A request is what is kept free on the node, a limit the most that is allowed. Kubernetes refuses a pod whose request is above its limit.",
			Example: "requests: memory: \"128Mi\"\nlimits: memory: \"64Mi\"    // \"128Mi\" or more",
		},
		{
			Code: "app/cpu", Title: "more processor than any node has by far",
			Text:    "An amount of processor without a unit counts cores, and m counts thousandths of one. A request that no node can meet leaves the pod pending, and a limit above all nodes limits nothing.",
			Example: "requests: cpu: \"500\"    // \"500m\"",
		},
		{
			Code: "app/empty", Title: "a rule that names nothing",
			Text:    "internet, lan, connects and clients open the ports that they list, grants allow the verbs that they list, and quotas limit the amounts that they name. Without any, nothing is rendered, or what is rendered does nothing. In an app with from, an empty list takes the place of the catalogue's and is not reported.",
			Example: "internet: {}    // internet: tcp: [443]",
		},
		{
			Code: "app/root", Title: "a container runs as root, and nothing says why",
			Text:    "user: 0 is root. With it, a flaw in the program or in the container runtime reaches further than with any other user, so a container says why it needs that: in exempt: root, or by what it explains already, such as added capabilities, devices or another exemption. Many images run as another user when user names one; otherwise the program of the image decides.",
			Example: "user: 0, containers: main: exempt: root: \"binds port 80 and drops its rights itself\"",
		},
		{
			Code: "app/disruption", Title: "a disruption budget says two things, or nothing",
			Text:    "A PodDisruptionBudget takes either the number of pods that must stay or the number that may be away. Without disruption, a workload with several replicas gets maxUnavailable: 1.",
			Example: "disruption: {minAvailable: 1, maxUnavailable: 1}    // keep one",
		},
	}
}

// containerCodes are about one container.
func containerCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "env/twice", Title: "an environment variable is set twice",
			Text:    "env, secretEnv and fieldEnv are one environment. Kubernetes would take the last one, so a secret may lose against a plain value. When the other one is from the catalogue, use the same field to replace it.",
			Example: "env: PASSWORD: \"x\"\nsecretEnv: PASSWORD: \"db/password\"    // keep one",
		},
		{
			Code: "app/schedule", Title: "a schedule that nothing reads",
			Text:    "A CronJob, and a backup, begins at the minute, hour, day of the month, month and weekday that five fields name, in the cluster's time zone; @daily and @every 6h are read too. The API server refuses anything else, and with it everything that Flux applies beside it.",
			Example: "schedule: \"61 4 * * *\"    // \"1 4 * * *\"",
		},
		{
			Code: "probe/two-questions", Title: "a probe asks by HTTP and by a command",
			Text:    "Kubernetes takes one question a probe. Keep path for an answer by HTTP, or command for an exit code.",
			Example: "ready: {path: \"/health\", command: [\"check\"]}    // keep one",
		},
		{
			Code: "probe/no-path", Title: "a probe says how to ask, and sends no request",
			Text:    "scheme and headers belong to an HTTP request, which a probe makes when it has a path. Without one it opens a TCP connection, and with a command it runs that.",
			Example: "ready: scheme: \"HTTPS\"    // add path: \"/\"",
		},
		{
			Code: "app/unknown-capability", Title: "a capability that Linux does not have",
			Text:    "Kubernetes takes any name, and the container runtime leaves out what Linux does not know: the container starts without the right. The names are those of capabilities(7), with or without CAP_.",
			Example: "capabilities: SYSNICE: \"real-time audio\"    // SYS_NICE",
		},
		{
			Code: "images/bad-reference", Title: "an image is not named in full",
			Plural:  "%d images are not named in full",
			Text:    "An image is registry/path:tag, and may have a digest behind it. Short names mean other images on other machines, and the lock and the allowed registries are matched against the full one.",
			Example: "image: \"redis\"    // \"docker.io/library/redis:8.10.1\"",
		},
		{
			Code: "images/digest-differs", Title: "an image is pinned to another digest than the lock's",
			Plural:  "%d images are pinned to another digest than in images.lock.json",
			Text:    "The CUE says one digest for the image and images.lock.json another. One of them is out of date. Best leave the digest to the lock.",
			Example: "image: \"ghcr.io/example/site:1.0.0@sha256:…\"    // \"ghcr.io/example/site:1.0.0\"",
		},
		{
			Code: "images/no-node", Title: "no node can run all images of a pod",
			Plural:  "no node can run all images of %d pods",
			Text:    "Each locked image is built for some architectures, and all containers of a pod run on one node. No node of this cluster that is online has an architecture which all of them have. On a node they would end in \"exec format error\". Pick a tag that is built for the nodes.",
			Example: "image: \"ghcr.io/example/site:1.0.0-amd64\"    // :1.0.0, which is built for arm64 too",
		},
	}
}
