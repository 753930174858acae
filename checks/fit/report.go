package fit

import "stillsuit.dev/checks/fit/outcome"

// Report is what fit finds out. Package outcome has its fields and those of its parts, and
// writes it as text.
type Report = outcome.Report

type (
	Node        = outcome.Node
	Disk        = outcome.Disk
	NotPlaced   = outcome.NotPlaced
	Pending     = outcome.Pending
	Cause       = outcome.Cause
	Without     = outcome.Without
	Suggestion  = outcome.Suggestion
	Orders      = outcome.Orders
	Ceiling     = outcome.Ceiling
	Peaks       = outcome.Peaks
	Loss        = outcome.Loss
	SinglePoint = outcome.SinglePoint
)
