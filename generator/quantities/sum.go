// Package quantities adds and multiplies amounts without wrapping round: a sum that does
// not fit into 64 bits is the largest that does. Amounts are bytes, thousandths of a
// core, or units. Kubernetes' own sums are quantities of any size, and wrap when they
// are read as numbers, so they are read here too.
package quantities

import (
	"math"
	"math/bits"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Sum adds amounts. It stops at the largest and at the smallest number of 64 bits.
func Sum(of ...int64) int64 {
	var sum int64
	for _, n := range of {
		switch {
		case n > 0 && sum > math.MaxInt64-n:
			sum = math.MaxInt64
		case n < 0 && sum < math.MinInt64-n:
			sum = math.MinInt64
		default:
			sum += n
		}
	}
	return sum
}

// Times is an amount, n times; both are 0 or more.
func Times(of, n int64) int64 { return Part(of, n, 1) }

// Part is of × numerator / denominator, rounded down. All are 0 or more; a part of
// nothing, and one with a denominator of 0, is 0.
func Part(of, numerator, denominator int64) int64 {
	if of <= 0 || numerator <= 0 || denominator <= 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(of), uint64(numerator))
	if high >= uint64(denominator) {
		return math.MaxInt64
	}
	part, _ := bits.Div64(high, low, uint64(denominator))
	return int64(min(part, math.MaxInt64))
}

// Of is a quantity as a whole number, rounded up.
func Of(q *resource.Quantity) int64 {
	switch {
	case q == nil:
		return 0
	case q.CmpInt64(math.MaxInt64) >= 0:
		return math.MaxInt64
	case q.CmpInt64(math.MinInt64) <= 0:
		return math.MinInt64
	}
	return q.Value()
}

// Milli is a quantity in thousandths, rounded up.
func Milli(q *resource.Quantity) int64 {
	switch {
	case q == nil:
		return 0
	case q.Cmp(*resource.NewMilliQuantity(math.MaxInt64, resource.DecimalSI)) >= 0:
		return math.MaxInt64
	case q.Cmp(*resource.NewMilliQuantity(math.MinInt64, resource.DecimalSI)) <= 0:
		return math.MinInt64
	}
	return q.MilliValue()
}

// Unknown stands for an amount that was refused where it was read. Nothing that
// Kubernetes takes is below zero, so it differs from every amount.
func Unknown() resource.Quantity { return *resource.NewQuantity(-1, resource.DecimalSI) }

// Known reports whether an amount was one that can be counted.
func Known(q resource.Quantity) bool { return q.Sign() >= 0 }
