// Package inventory is what a check can ask of a tree: its objects and units (Subject),
// the pods that they make (PodTemplate), the nodes that take pods (Node), and where a value
// stands in the user's files (Spot, Locator). Checks, placement and policies share it;
// it judges nothing.
package inventory
