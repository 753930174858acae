package resolve

import "stillsuit.dev/finding"

// placeCodes are about where pods may run.
func placeCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "place/unknown-node", Title: "a node that the cluster does not have",
			Text:    "place.node, ceilings and storage classes name nodes of cluster.nodes. Pods that are placed on another one stay pending for ever.",
			Example: "place: node: \"nod3\"    // node3",
		},
		{
			Code: "place/offline-node", Title: "pods are placed on a node that is offline",
			Text:    "offline takes a node out of every plan, so these pods would stay pending. Place them elsewhere, or switch the app off with the same reason.",
			Example: "nodes: node3: offline: \"its disk is broken\"\nplace: node: \"node3\"    // node4",
		},
		{
			Code: "place/no-node", Title: "no node has the architecture",
			Text:    "place.arch limits the pods to nodes of one architecture, and no node that is online has it.",
			Example: "place: arch: \"arm\"    // \"arm64\"",
		},
		{
			Code: "place/unknown-device", Title: "a device that no node has",
			Text:    "place.device keeps the pods on the nodes whose devices list it. Declare it there.",
			Example: "nodes: node2: devices: \"/dev/ttyUSB0\": \"the Zigbee stick\"\nplace: device: \"/dev/ttyUSB0\"",
		},
		{
			Code: "place/no-resource", Title: "a resource that no node offers",
			Text:    "extended requests what a device plugin offers, by the plugin's name for it, and the pods run where it is left. The nodes say what they have in extended.",
			Example: "containers: main: extended: \"squat.ai/serial\": 1\nnodes: node2: extended: \"squat.ai/serial\": 1",
		},
		{
			Code: "place/toleration", Title: "a toleration that no node needs",
			Text:    "place.tolerate lets pods run on nodes with a taint of that key. No node of cluster.nodes has it, so the toleration does nothing: its key is misspelt, or the taint is not declared, and then what may run on the node is judged wrongly.",
			Example: "nodes: box: taints: external: \"NoSchedule\"\nplace: tolerate: [\"externl\"]    // external",
		},
		{
			Code: "place/ambiguous", Title: "pods run beside an app with several workloads",
			Text:    "Write the workload behind the app's name.",
			Example: "place: beside: \"immich\"    // \"immich/server\"",
		},
		{
			Code: "place/no-gpu", Title: "a GPU is asked for, and no node has one",
			Text:    "The resource and the runtime class of a GPU are facts of a node.",
			Example: "nodes: box: gpu: {resource: \"nvidia.com/gpu\", count: 1, runtimeClass: \"nvidia\"}",
		},
	}
}
