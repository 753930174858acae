package demand

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Numbers of pods that no int holds are the largest, and not some other.
func TestTimes(t *testing.T) {
	assert.Equal(t, 6, times(2, 180, 60))
	assert.Equal(t, 8, times(2, 181, 60))
	assert.Equal(t, 0, times(2, -1, 60))
	assert.Equal(t, 0, times(0, math.MaxInt64, 60))
	assert.Equal(t, math.MaxInt, times(1<<31-1, math.MaxInt64, 60))
	assert.Equal(t, math.MaxInt, times(2, math.MaxInt64, 0))
	pods, runs := uint64(1<<31-1), uint64(math.MaxInt64/60+1)
	assert.NotEqual(t, uint64(math.MaxInt), pods*runs, "a plain product wraps")
}
