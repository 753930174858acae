package quantities

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestWrong(t *testing.T) {
	for _, c := range []struct{ name, text, why string }{
		{"memory", "0", ""}, {"memory", "-0", ""}, {"memory", "0e999999999", ""}, {"memory", "1.5Gi", ""}, {"memory", "128974848", ""}, {"memory", "1e3", ""},
		{"memory", "1E", ""}, {"memory", "100m", ""}, {"memory", "0.5", ""}, {"memory", "+5", ""}, {"memory", ".5", ""}, {"memory", "5.", ""}, {"memory", "1n", ""}, {"memory", "1e-30", ""},
		{"memory", "9223372036854775807", ""}, {"memory", "9E", ""}, {"memory", "7Ei", ""}, {"memory", "8191Pi", ""},
		{"memory", "9223372036854775808", "is too large"}, {"memory", "8Ei", "is too large"}, {"memory", "8388608Ti", "is too large"}, {"memory", "10E", "is too large"},
		{"memory", "1e300", "is too large"}, {"memory", "1e999999999", "is too large"}, {"memory", "1e99999999999999999999", "is too large"}, {"memory", strings.Repeat("9", 10_000), "is too large"},
		{"memory", "-64Mi", "is negative"}, {"memory", "-1e999999999", "is negative"},
		{"memory", "", "is not an amount"}, {"memory", "NaN", "is not an amount"}, {"memory", "inf", "is not an amount"}, {"memory", "1 Gi", "is not an amount"}, {"memory", "0x10", "is not an amount"}, {"memory", "1ki", "is not an amount"}, {"memory", ".", "is not an amount"}, {"memory", "64MB", "is not an amount"}, {"memory", "64mi", "is not an amount"},
		{"cpu", "9223372036854775807m", ""}, {"cpu", "9223372036854775", ""}, {"cpu", "9223372036854776", "is too large"}, {"requests.cpu", "1E", "is too large"}, {"limits.cpu", "100u", ""},
		{"nvidia.com/gpu", "2", ""}, {"nvidia.com/gpu", "0.5", "is not a whole number"}, {"requests.nvidia.com/gpu", "500m", "is not a whole number"}, {"nvidia.com/gpu", "1e30", "is too large"}, {"pods", "1500m", "is not a whole number"}, {"pods", "2000m", ""},
	} {
		why, mend := Wrong(c.name, c.text)
		assert.True(t, strings.HasPrefix(why, c.why) && (c.why != "" || why == ""), "%s %.40s: %s", c.name, c.text, why)
		assert.Equal(t, why != "", mend != "", c.text)
		_, err := resource.ParseQuantity(c.text)
		assert.False(t, c.why == "" && err != nil, "%s: %v", c.text, err) // or decoding would fail
	}
}

// What is written as a mend is taken.
func TestMend(t *testing.T) {
	for _, name := range []string{"cpu", "memory", "nvidia.com/gpu", "sizeLimit"} {
		_, mend := Wrong(name, "-1")
		example := mend[strings.LastIndex(mend, " ")+1:]
		why, _ := Wrong(name, example)
		assert.Empty(t, why, mend)
	}
}

func TestSums(t *testing.T) {
	const most = math.MaxInt64
	assert.EqualValues(t, 6, Sum(1, 2, 3))
	assert.EqualValues(t, most, Sum(most, most, 1))
	assert.EqualValues(t, most-1, Sum(most, -1))
	assert.EqualValues(t, math.MinInt64, Sum(math.MinInt64, -1))
	assert.EqualValues(t, 0, Sum())
	assert.EqualValues(t, 12, Times(3, 4))
	assert.EqualValues(t, most, Times(most, 2))
	assert.EqualValues(t, most, Times(1<<40, 1<<40))
	assert.EqualValues(t, 100, Part(most, 100, most), "the product needs more than 64 bits")
	assert.EqualValues(t, 33, Part(1, 100, 3))
	assert.EqualValues(t, most, Part(most, 100, 1))
	assert.EqualValues(t, 0, Part(most, 100, 0))
	assert.EqualValues(t, 0, Part(-5, 100, 3))
	for text, want := range map[string][2]int64{
		"1":     {1, 1000},
		"100m":  {1, 100},
		"1e30":  {most, most},
		"9E":    {9e18, most},
		"-1e30": {math.MinInt64, math.MinInt64},
	} {
		q := resource.MustParse(text)
		assert.Equal(t, want, [2]int64{Of(&q), Milli(&q)}, text)
	}
	assert.Zero(t, Of(nil)+Milli(nil))
	assert.False(t, Known(Unknown()))
	assert.True(t, Known(resource.Quantity{}))
	// The mutant: what Kubernetes' own types and operators do.
	q, n := resource.MustParse("99999999999999999999999999999999"), int64(most)
	assert.Negative(t, q.Value())
	assert.Negative(t, n+n)
}
