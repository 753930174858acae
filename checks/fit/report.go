package fit

import "stillsuit.dev/checks/fit/outcome"

// A Report and its parts. Package outcome has their fields, and writes them as text.
type (
	Report      = outcome.Report
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
