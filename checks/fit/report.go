package fit

import "stillsuit.dev/checks/fit/outcome"

type (
	// Report is what fit finds out: package outcome has its fields, and writes it as text.
	Report = outcome.Report
	// The parts of a Report.

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
