package outcome

// Report is what is found out about one cluster. Memory is in bytes.
type Report struct {
	Cluster string `json:"cluster"`
	// Worst are the facts to look at first, at most five.
	Worst []string `json:"worst,omitempty"`
	Nodes []Node   `json:"nodes"`
	// NotPlaced are the workloads that were left out: whether their pods fit is not known,
	// or it is known that they do not.
	NotPlaced []NotPlaced `json:"notPlaced,omitempty"`
	// Pending are the pods that find no node, and Causes why, the most pods first.
	Pending []Pending `json:"pending,omitempty"`
	Causes  []Cause   `json:"causes,omitempty"`
	// Without is what follows from nodes that were taken away; nil when none was.
	Without *Without `json:"without,omitempty"`
	// Sought says that suggestions were looked for, because something does not fit.
	Sought bool `json:"sought,omitempty"`
	// Suggestions are changes after each of which everything fits, the smallest first.
	Suggestions []Suggestion `json:"suggestions,omitempty"`
	// Orders is how the random orders of arrival ended.
	Orders   Orders    `json:"orders"`
	Ceilings []Ceiling `json:"ceilings,omitempty"`
	Peaks    Peaks     `json:"peaks"`
	// Losses are by node, then by board.
	Losses []Loss `json:"losses,omitempty"`
	// SinglePoints are the single points of failure, those first on which most depends.
	SinglePoints []SinglePoint `json:"weak,omitempty"`
}

// Node is what a node has, and what runs there in the nominal placement.
type Node struct {
	Name    string `json:"name"`
	Arch    string `json:"arch,omitempty"`
	Board   string `json:"board,omitempty"`
	Offline string `json:"offline,omitempty"`
	// Taints are the keys of those that keep pods off which do not tolerate them.
	Taints []string `json:"taints,omitempty"`
	// Capacity is the node's memory, Reserved what the system takes of it.
	Capacity int64 `json:"capacity"`
	Reserved int64 `json:"reserved"`
	// Allocatable is the memory that kube-scheduler counts on, and MostPods how many pods
	// the kubelet runs.
	Allocatable int64 `json:"allocatable"`
	MostPods    int64 `json:"mostPods"`
	// Requests and Limits are sums over the pods. Unlimited counts those without a limit.
	Requests  int64 `json:"requests"`
	Limits    int64 `json:"limits"`
	Unlimited int   `json:"unlimited,omitempty"`
	// CPU is requested, and Cores are there, in thousandths of a core.
	CPU   int64 `json:"cpu"`
	Cores int64 `json:"cores"`
	// Disks are those that claims lie on.
	Disks []Disk   `json:"disks,omitempty"`
	Pods  []string `json:"pods,omitempty"`
}

// Disk is storage of a node for volumes, in bytes.
type Disk struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	// Claims is what the claims there request, Unknown the number of those that do not say.
	Claims  int64 `json:"claims"`
	Unknown int   `json:"unknown,omitempty"`
}

// NotPlaced is a workload none of whose pods was placed.
type NotPlaced struct {
	Workload string `json:"workload"`
	// Pods is how many it requests.
	Pods    int    `json:"pods"`
	Because string `json:"because"`
	// TooMany says that the nodes could not hold its pods.
	TooMany bool `json:"tooMany,omitempty"`
}

// Pending is a pod that finds no node, with the reasons.
type Pending struct {
	Pod string `json:"pod"`
	// More is how many more pods of its workload find none, for the same reasons.
	More int `json:"more,omitempty"`
	// Quota says that nobody has declared the pod: it is the largest that a quota allows.
	Quota bool `json:"quota,omitempty"`
	// Nodes says why each node does not take it, in kube-scheduler's words.
	Nodes map[string]string `json:"nodes,omitempty"`
}

// Cause is one reason for which pods do not run.
type Cause struct {
	Pods []string `json:"pods"`
	// Because is a clause: "their volumes are of class sata, which only node3 has".
	Because string `json:"because"`
	// Never says that no node would take them even if nothing else ran.
	Never bool `json:"never,omitempty"`
}

// Without is what follows from nodes that were taken away.
type Without struct {
	Nodes []string `json:"nodes"`
	// Moves are the pods that run there otherwise and find another node, with that node.
	Moves map[string]string `json:"moves,omitempty"`
	// Empty are those of them whose data is on a node that was taken away.
	Empty []string `json:"empty,omitempty"`
}

// Suggestion is a change that was tried: with it every pod finds a node in the order
// of Flux, and those that did not before in all random orders.
type Suggestion struct {
	// Change is what to write, At the line that it is about.
	Change string `json:"change"`
	At     string `json:"at,omitempty"`
	// Unlucky is in how many of Orders a pod still stays pending, which is rare.
	Unlucky int `json:"unlucky,omitempty"`
	// Bytes is how much less memory is requested; 0 where pods only move.
	Bytes int64 `json:"bytes"`
}

// Orders is how random orders of arrival ended.
type Orders struct {
	Tried int `json:"tried"`
	// Unlucky is in how many a pod stayed pending, and Pods how often each.
	Unlucky int            `json:"unlucky"`
	Pods    map[string]int `json:"pods,omitempty"`
	// Packing is whether some placement holds all pods: exists, none or unknown.
	Packing Packing `json:"packing"`
	// Because says why there is none.
	Because string `json:"because,omitempty"`
}

// Packing is whether a placement of all pods exists.
type Packing string

// The values of Packing.
const (
	PackingExists  Packing = "exists"
	PackingNone    Packing = "none"
	PackingUnknown Packing = "unknown"
)

// Ceiling is a limit on the memory of a group of nodes.
type Ceiling struct {
	Name string `json:"name"`
	// Board is the board whose nodes it is about, if it names one.
	Board  string   `json:"board,omitempty"`
	Nodes  []string `json:"nodes"`
	Memory int64    `json:"memory"`
	// Requests and Limits are sums in the nominal placement, with what each may be.
	// A limit of zero is none.
	Requests        int64 `json:"requests"`
	AllowedRequests int64 `json:"mayRequest"`
	Limits          int64 `json:"limits"`
	AllowedLimits   int64 `json:"mayLimit,omitempty"`
	Unlimited       int   `json:"unlimited,omitempty"`
	// WorstRequests is with every pod there that may land there.
	WorstRequests int64 `json:"worstRequests"`
}

// Peaks are what is taken for a while.
type Peaks struct {
	// Rolling is the number of units that roll at the same time.
	Rolling int `json:"rolling"`
	// Units are those whose rollout together takes most, and Requests the sum over
	// all nodes then.
	Units    []string `json:"units,omitempty"`
	Requests int64    `json:"requests"`
	// Timed are the pods of CronJobs when all of them run, and Waiting those of them
	// that find no node then.
	Timed   []string `json:"timed,omitempty"`
	Waiting []string `json:"waiting,omitempty"`
	// Pulls is what a node may pull at the same time, and Unknown the number of images
	// whose size is not known.
	Pulls   int64  `json:"pulls,omitempty"`
	PullsAt string `json:"pullsAt,omitempty"`
	Unknown int    `json:"unknownSizes,omitempty"`
}

// Loss is what happens when a node, or a board with all its nodes, is gone.
type Loss struct {
	What  string   `json:"what"`
	Nodes []string `json:"nodes"`
	// Moves are the pods that find another node.
	Moves map[string]string `json:"moves,omitempty"`
	// Down are the pods that can run on no other node, with the reason.
	Down map[string]string `json:"down,omitempty"`
	// Pending are those for which no room is left, and Aside those that more
	// important ones push aside.
	Pending map[string]string `json:"pending,omitempty"`
	Aside   []string          `json:"aside,omitempty"`
	// Unlucky is in how many of Orders random orders more pods stay pending, and Pods
	// in how many each does that waits in some of them and not in others.
	Orders  int            `json:"orders"`
	Unlucky int            `json:"unlucky"`
	Pods    map[string]int `json:"pods,omitempty"`
	// Causes are why the pods of Down can run on no other node.
	Causes []Cause `json:"causes,omitempty"`
	// Gone are the apps and charts of which something is down, and Affected what others
	// lose by it.
	Gone     []string            `json:"gone,omitempty"`
	Affected map[string][]string `json:"lose,omitempty"`
	// Degraded are those of Affected that use what is gone themselves, and not only scrape it.
	Degraded []string `json:"degraded,omitempty"`
	// Alerting says whether the pods that raise alerts still run: yes, no or unknown.
	Alerting Alerting `json:"alerting"`
}

// Alerting is whether alerts are still sent.
type Alerting string

// The values of Alerting.
const (
	AlertingYes     Alerting = "yes"
	AlertingNo      Alerting = "no"
	AlertingUnknown Alerting = "unknown"
)

// SinglePoint is a single point of failure.
type SinglePoint struct {
	What string `json:"what"`
	// Affected are the apps and charts that are gone, or lose something, without it.
	Affected []string `json:"hangs"`
}
