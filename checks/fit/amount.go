package fit

import (
	"fmt"
	"strings"
)

// amount writes bytes of memory as users do: 512Mi, 1.5Gi.
func amount(n int64) string {
	const mi, gi = 1 << 20, 1 << 30
	if n < 0 {
		return "-" + amount(-n)
	}
	if n >= gi {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/gi), ".0") + "Gi"
	}
	return fmt.Sprintf("%dMi", n/mi)
}

// amounts writes two amounts that are told apart, to the byte if they must be.
func amounts(a, b int64) (string, string) {
	if x, y := amount(a), amount(b); x != y || a == b {
		return x, y
	}
	return fmt.Sprintf("%d bytes", a), fmt.Sprintf("%d bytes", b)
}
