package scheduler

// The plugins that refuse pods, by the names that kube-scheduler gives them.
const (
	SchedulingGates    = "SchedulingGates"
	NodeUnschedulable  = "NodeUnschedulable"
	NodeName           = "NodeName"
	TaintToleration    = "TaintToleration"
	NodeAffinity       = "NodeAffinity"
	NodePorts          = "NodePorts"
	NodeResourcesFit   = "NodeResourcesFit"
	VolumeRestrictions = "VolumeRestrictions"
	VolumeBinding      = "VolumeBinding"
	VolumeZone         = "VolumeZone"
	PodTopologySpread  = "PodTopologySpread"
	InterPodAffinity   = "InterPodAffinity"
)

// Refusal is why a node does not take a pod.
type Refusal struct {
	Node string
	// Filter is the plugin that refuses; empty when the node would take the pod.
	Filter string
	// Reason is worded as kube-scheduler words it; several are joined by ", ".
	Reason string
	// Static means that no change of what runs helps.
	Static bool
}

// verdict is what the filters say of a node; each but the first refuses.
type verdict uint8

const (
	fits verdict = iota
	staticallyRefused
	portTaken
	tooSmall // the node could never hold the pod
	full
	diskTaken
	claimInUse
	volumeElsewhere
	noVolume
	volumeElsewhereNoVolume
	zoneElsewhere
	spreadUnlabelled
	spreadUneven
	affinityUnmet
	antiAffinityOwn
	antiAffinityOthers
)

// evictionHelps reports whether kube-scheduler looks for pods to evict on a node with
// this verdict (Unschedulable, not UnschedulableAndUnresolvable).
func (v verdict) evictionHelps() bool {
	switch v {
	case portTaken, full, diskTaken, claimInUse, spreadUneven, antiAffinityOwn, antiAffinityOthers:
		return true
	default:
		return false
	}
}

// words are the refusals of verdicts that need no more to be told.
func (v verdict) words() Refusal {
	switch v {
	case portTaken:
		return Refusal{Filter: NodePorts, Reason: "node(s) didn't have free ports for the requested pod ports"}
	case diskTaken:
		return Refusal{Filter: VolumeRestrictions, Reason: "node(s) had no available disk"}
	case claimInUse:
		return Refusal{Filter: VolumeRestrictions, Reason: "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"}
	case volumeElsewhere:
		return Refusal{Filter: VolumeBinding, Reason: volumeElsewhereReason, Static: true}
	case noVolume:
		return Refusal{Filter: VolumeBinding, Reason: noVolumeReason, Static: true}
	case volumeElsewhereNoVolume:
		return Refusal{Filter: VolumeBinding, Reason: volumeElsewhereReason + ", " + noVolumeReason, Static: true}
	case zoneElsewhere:
		return Refusal{Filter: VolumeZone, Reason: "node(s) had no available volume zone", Static: true}
	case spreadUnlabelled:
		return Refusal{Filter: PodTopologySpread, Reason: "node(s) didn't match pod topology spread constraints (missing required label)", Static: true}
	case spreadUneven:
		return Refusal{Filter: PodTopologySpread, Reason: "node(s) didn't match pod topology spread constraints"}
	case affinityUnmet:
		return Refusal{Filter: InterPodAffinity, Reason: "node(s) didn't match pod affinity rules"}
	case antiAffinityOwn:
		return Refusal{Filter: InterPodAffinity, Reason: "node(s) didn't match pod anti-affinity rules"}
	case antiAffinityOthers:
		return Refusal{Filter: InterPodAffinity, Reason: "node(s) didn't satisfy existing pods anti-affinity rules"}
	default:
		return Refusal{}
	}
}

const (
	volumeElsewhereReason = "node(s) didn't match PersistentVolume's node affinity"
	noVolumeReason        = "node(s) didn't find available persistent volumes to bind"
)
