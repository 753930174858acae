package fit

import "stillsuit.dev/checks/fit/outcome"

// Report is what fit finds out. Package outcome has its fields and those of its parts, and
// writes it as text.
type Report = outcome.Report

type (
	// Node is a node, and what is requested of it.
	Node = outcome.Node
	// Disk is a disk of a node, and what the images and volumes on it take.
	Disk = outcome.Disk
	// NotPlaced is a workload whose pods are not created, and why.
	NotPlaced = outcome.NotPlaced
	// Pending is a pod that no node takes, and why.
	Pending = outcome.Pending
	// Cause is why several pods cannot start.
	Cause = outcome.Cause
	// Without is what moves when nodes are left out.
	Without = outcome.Without
	// Suggestion is a change with which everything fits.
	Suggestion = outcome.Suggestion
	// Orders is in how many orders of arrival pods stay pending.
	Orders = outcome.Orders
	// Ceiling is a limit for several nodes, and what is requested below it.
	Ceiling = outcome.Ceiling
	// Peaks is the most that is requested for a while.
	Peaks = outcome.Peaks
	// Loss is what happens when a node or a board fails.
	Loss = outcome.Loss
	// SinglePoint is what many apps depend on.
	SinglePoint = outcome.SinglePoint
)
