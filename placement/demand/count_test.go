package demand

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"stillsuit.dev/generator/quantities"
)

// Runs overlap as often as one starts before another ends, and their number does not wrap.
func TestOverlapping(t *testing.T) {
	assert.EqualValues(t, 3, overlapping(180, time.Minute))
	assert.EqualValues(t, 4, overlapping(181, time.Minute))
	assert.EqualValues(t, 0, overlapping(-1, time.Minute))
	assert.EqualValues(t, math.MaxInt64, overlapping(math.MaxInt64, 0))
	assert.EqualValues(t, math.MaxInt64, quantities.Times(math.MaxInt32, overlapping(math.MaxInt64, time.Minute)))
}
