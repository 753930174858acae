// Package outcome holds what `stillsuit fit` finds out about a cluster, and writes it for a
// person.
//
// A Report answers in this order: whether everything fits; what each node and ceiling has
// left; where the next pod has room, and how much; whether the order matters in which pods
// come; and what is lost with each node. Impact ranks what depends on what.
//
// Package fit makes the Report. Nothing here looks at objects or places pods.
package outcome
