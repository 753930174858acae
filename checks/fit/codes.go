package fit

import "stillsuit.dev/finding"

// codes documents the findings of this check.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/no-node", Title: "no node takes the pods, full or not",
			Text:    "Every node refuses these pods for a reason that no free memory mends: its name, labels or taints, a volume that lies elsewhere, or a request that is larger than the node. The reasons are kube-scheduler's own, node by node.",
			Example: "place: labels: disk: \"fast\"    // which no node of cluster.nodes has",
		},
		{
			Code: "fit/no-room", Title: "the pods do not fit",
			Text:    "In the order in which Flux applies the units a pod finds no node, and neither does it in any other order that was tried, nor in a search over all placements. Where that can be proved in a sentence, the message has it: a group of pods that can run only on some nodes asks for more than those have.",
			Example: "requests: memory: \"6Gi\"    // on a node that has 5.2Gi free: ask for less, or let it run elsewhere",
		},
		{
			Code: "fit/too-many-pods", Title: "a workload requests more pods than the nodes can hold",
			Text:    "A kubelet runs a limited number of pods (110 unless maxPods says otherwise), and a node has a limited amount of memory and cores. This workload requests more pods than all nodes together could hold, however they were placed. None of its pods was placed; all other workloads were, as if it were not there. When no workload alone is too large, but all together are, the largest are left out.",
			Example: "replicas: 10000    // on five nodes, which run 550 pods",
		},
		{
			Code: "fit/invalid-placement", Title: "Kubernetes refuses a field that decides where pods run",
			Text:    "The API server refuses the value of this field: of a label selector, an affinity term, a topology spread constraint, a disruption budget, a label of the pods or the number of replicas. So the object is never created, and its pods were not placed. All other workloads were, as if it were not there.",
			Example: "matchExpressions: [{key: \"app\", operator: \"Equals\"}]    // In, NotIn, Exists or DoesNotExist",
		},
		{
			Code: "fit/unknown-placement", Title: "where a workload's pods may run is not known",
			Text:    "A selector or an affinity holds a value that something else writes later, as Flux does for ${NAME}. Until then it says nothing about where the pods run, so they were not placed. All other workloads were, as if these pods were not there. Check what Flux applies: the output of `flux build kustomization` can be checked as a directory.",
			Example: "nodeSelector: {kubernetes.io/hostname: \"${NODE}\"}",
		},
		{
			Code: "fit/order", Title: "the pods fit only when they come in the right order",
			Text:    "kube-scheduler places pods one by one and never moves one that runs (it evicts for more important ones alone). So a placement of all pods may exist that it does not find: when a small pod takes the room that only a large one needed. Units are applied in another order after a power cut, and ties between nodes are broken by chance; of the orders that were tried, this pod stayed pending in some.",
			Example: "place: node: \"node3\"    // the small one, so that the large one keeps its node",
		},
		{
			Code: "fit/quota", Title: "no node has room for what a quota allows",
			Text:    "A workspace is given to others with a quota. What the declared pods leave of it is counted as one pod, the largest that they may start; no node has room for one so large, so they may see pods pending that the quota allows.",
			Example: "namespaces: play: quota: memory: \"4Gi\"    // and the freest node has 3Gi",
		},
		{
			Code: "fit/ceiling", Title: "a group of nodes is asked for more than its ceiling",
			Text:    "A ceiling (cluster.ceilings) is the memory that a group of nodes has together, such as the modules of one board, with the shares of it that requests and limits may take. The sums are those of the placement in the order of Flux. Pods without a memory limit are missing in the sum of limits (fit/unlimited).",
			Example: "ceilings: board: {board: \"turing-pi-2\", memory: \"32Gi\", requests: \"75%\"}",
		},
		{
			Code: "fit/ceiling-worst", Title: "the ceiling is kept only where pods land as planned",
			Text:    "Pods that may run on these nodes or on others land where kube-scheduler finds most room. If all of them came to these nodes, the ceiling would not be kept.",
			Example: "place: labels: \"kubernetes.io/arch\": \"amd64\"    // keeps it off the board",
		},
		{
			Code: "fit/reserved", Title: "a node's pods take what the system needs",
			Text:    "K3s reserves nothing for itself: its kubelets offer the whole memory of a node to pods, and evict nobody for memory. The pods that kube-scheduler places here ask for more than is left beside K3s and the operating system (nodes.<node>.reserved), so the kernel will kill one. Start K3s with --kubelet-arg=system-reserved=memory=…, and write cluster.kubernetes.reserved: true.",
			Example: "kubernetes: reserved: true",
		},
		{
			Code: "fit/unreserved", Title: "kube-scheduler counts on memory that the system takes",
			Text:    "The same as fit/reserved, where the pods of today still fit: kube-scheduler does not know what the system takes, and may fill the node beyond it tomorrow.",
			Example: "kubernetes: reserved: true    // after the kubelets were told",
		},
		{
			Code: "fit/overcommit", Title: "a node's pods may take more memory than it has",
			Text:    "Requests are kept free, limits are not: pods may take up to their limits as long as there is memory, and when all do so at the same time the kernel kills some. A moderate sum above the node is usual; this note says how far it goes.",
			Example: "limits: memory: \"2Gi\"    // eight times its request of 256Mi",
		},
		{
			Code: "fit/unlimited", Title: "pods have no memory limit",
			Text:    "A pod without a limit can take all memory of its node, and the kernel then kills whichever pod it likes least. Sums of limits, of a node or under a ceiling, leave it out. For charts it may be that the footprint does not say the limit.",
			Example: "footprint: operator: {requests: memory: \"64Mi\", limits: memory: \"128Mi\"}",
		},
		{
			Code: "fit/no-request", Title: "pods ask for no memory",
			Text:    "kube-scheduler keeps free what pods ask for. One that asks for nothing fits anywhere, also on a node that is full, and what it takes is missing in every sum here. A limit counts as a request where none is said.",
			Example: "requests: memory: \"64Mi\"",
		},
		{
			Code: "fit/update", Title: "an update of the pods would hang",
			Text:    "A rolling update starts the new pod before the old one stops. No node has room for both, and the old one may not stop first (maxUnavailable is 0, which is a quarter of up to three replicas rounded down). The update waits until its deadline, and its unit of Flux with it.",
			Example: "update: strategy: \"Recreate\"",
		},
		{
			Code: "fit/peak", Title: "two units that roll together wait for each other's room",
			Text:    "Flux rolls up to cluster.rollout.concurrent units at the same time. Each of these two has room for its new pods alone, and not together, so one waits until the other is done.",
			Example: "rollout: concurrent: 1    // or make room for both",
		},
		{
			Code: "fit/cronjobs", Title: "CronJobs that meet do not all fit",
			Text:    "All CronJobs are taken to run at the same time, each as often as its runs can overlap. This one finds no node then, and waits until another ends.",
			Example: "schedule: \"30 2 * * *\"    // and another at the same time",
		},
		{
			Code: "fit/disk", Title: "volumes may grow larger than their disk",
			Text:    "The volumes of a local storage class are directories on one disk of the node. Nothing holds them to the size that their claims ask for, and together these ask for more than the disk has. When it is full, everything that writes there stops; where images lie on it too, the kubelet removes them before.",
			Example: "volumes: library: {size: \"30Gi\", class: \"local-path\"}    // on an eMMC of 14 GB",
		},
		{
			Code: "fit/drain", Title: "a disruption budget never lets a pod go",
			Text:    "Draining a node evicts its pods, and a disruption budget may refuse. This one allows no pod to be away, whatever else runs, so a drain of their node waits for ever, and with it every upgrade of the node.",
			Example: "disruption: minAvailable: 1    // with one replica",
		},
		{
			Code: "fit/loss", Title: "when a node is lost, pods stay pending",
			Text:    "What ran on the node is made again on the others, the important pods first. These find no room there, and wait until the node is back or something else makes room. Pods whose volume or device is on the lost node are down in any case, and are not told of here: `stillsuit fit` lists them.",
			Example: "importance: \"low\"    // on what may give way to them",
		},
		{
			Code: "fit/blind", Title: "when a node is lost, nothing raises alerts",
			Text:    "The pods that scrape or raise alerts run on this node and find no other one: their volume is here, or there is no room. So the loss of the node is not told by them. Something outside of the cluster must notice, such as a monitor that expects a heartbeat.",
			Example: "apps: heartbeat: from: \"heartbeat\"",
		},
		{
			Code: "fit/unknown-node", Title: "nothing tells what a node has",
			Text:    "Without nodes and their memory nothing can be placed, so nothing was checked.",
			Example: "nodes: pi: v1alpha1.#CM4_8GB",
		},
		{
			Code: "fit/unknown-demand", Title: "nothing tells what pods ask for, or how many there are",
			Text:    "An object was found whose pods cannot be counted: a kind that is not known here, a CronJob whose runs may overlap without end, a priority class that is not there.",
			Example: "concurrency: \"Allow\"    // without a deadline",
		},
		{
			Code: "fit/unknown-footprint", Title: "nothing tells what a chart's pods ask for",
			Text:    "A HelmRelease is rendered in the cluster, so its pods are not seen here. The annotation stillsuit.dev/footprint tells what they ask for, by component: replicas or perNode, requests, limits, labels of nodes, tolerate and claims.",
			Example: "stillsuit.dev/footprint: '{\"server\": {\"requests\": {\"memory\": \"256Mi\"}, \"limits\": {\"memory\": \"512Mi\"}}}'",
		},
		{
			Code: "fit/unknown-storage", Title: "nothing tells where a volume lies",
			Text:    "A claim, or the storage class that it names, is not among the objects. Its pods are placed as if the volume could be on any node; a volume that lies on one node would pin them there.",
			Example: "storage: \"local-path\": {provisioner: \"rancher.io/local-path\", default: true}",
		},
	}
}
