package quantities

import (
	"fmt"
	"strings"
)

// Bytes writes an amount of memory as users do: 512Mi, 1.5Gi.
func Bytes(n int64) string {
	const mi, gi = 1 << 20, 1 << 30
	if n < 0 {
		return "-" + Bytes(-n)
	}
	if n >= gi {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/gi), ".0") + "Gi"
	}
	return fmt.Sprintf("%dMi", n/mi)
}

// BytesApart writes two amounts that are told apart, to the byte if they must be.
func BytesApart(a, b int64) (string, string) {
	if x, y := Bytes(a), Bytes(b); x != y || a == b {
		return x, y
	}
	return fmt.Sprintf("%d bytes", a), fmt.Sprintf("%d bytes", b)
}
