package model

// What the tree says in names of its own: rendered, and read again by checks, also in
// trees that no CUE produced.
const (
	// AnnotationFootprint carries what a chart's pods ask for, as JSON by component
	// (#Footprint).
	AnnotationFootprint = "stillsuit.dev/footprint"
	// AnnotationReason carries why an object is as it is.
	AnnotationReason = "stillsuit.dev/reason"
	// ReasonWorkspace starts the reason of a namespace that others fill.
	ReasonWorkspace = "workspace: "
	// UnitNotifications is the unit of what Flux tells others.
	UnitNotifications = "notifications"
	// LabelBoard is carried by nodes that are on a board (#Node.board).
	LabelBoard = "stillsuit.dev/board"
)
