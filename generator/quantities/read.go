package quantities

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// written is a quantity as Kubernetes writes it (apimachinery, api/resource, Quantity).
var written = regexp.MustCompile(`^([+-]?)([0-9]+[.]?[0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$`)

// Bounds on what is looked at in full, far beyond every amount: 10^1000000000 is a few
// characters of text, and fills the memory of a machine.
const (
	longest         = 400 // characters of a number
	largestExponent = 400
)

// Wrong says in words why a text is no amount of a resource, and how one is written; ""
// when it is one. The resource is the name in a list of resources, such as cpu or
// requests.cpu, or the name of the field. Quantities are 0 or more
// (k8s.io/kubernetes, pkg/apis/core/validation, ValidateNonnegativeQuantity), and
// extended resources whole numbers (ValidateResourceQuantityValue). What is beyond 64
// bits is cut off or wraps there: "no quantity may represent a number greater than
// 2^63-1 in magnitude" (apimachinery, Quantity).
func Wrong(resourceName, text string) (why, mend string) {
	example := "64Mi"
	most, limit := new(big.Rat).SetInt64(1<<63-1), "2^63-1 bytes, just below 8Ei,"
	cores := resourceName == "cpu" || strings.HasSuffix(resourceName, ".cpu")
	switch {
	case cores:
		example, limit = "250m", "2^63-1 thousandths of a core"
		most.Quo(most, big.NewRat(1000, 1))
	case whole(resourceName):
		example, limit = "1", "2^63-1"
	}
	mend = "write an amount such as " + example
	parts := written.FindStringSubmatch(text)
	if parts == nil {
		return "is not an amount", mend
	}
	switch {
	case strings.Trim(parts[2], "0.") == "":
		return "", "" // nothing, in whatever unit
	case parts[1] == "-":
		return "is negative", mend
	}
	value, ok := valueOf(parts[2], parts[3])
	switch {
	case !ok, value.Cmp(most) > 0:
		return fmt.Sprintf("is too large: Kubernetes counts up to %s and no further", limit), mend
	case whole(resourceName) && !value.IsInt():
		return "is not a whole number, and this resource is counted in whole units", mend
	}
	if _, err := resource.ParseQuantity(text); err != nil {
		return "is not an amount", mend
	}
	return "", ""
}

// valueOf is a number with a unit; false when it is beyond all bounds.
func valueOf(number, unit string) (*big.Rat, bool) {
	if len(number) > longest {
		return nil, false
	}
	value, ok := new(big.Rat).SetString("0" + strings.TrimSuffix(number, "."))
	if !ok {
		return nil, false
	}
	power := func(base int64, n int) *big.Rat {
		return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(n)), nil))
	}
	switch {
	case strings.HasSuffix(unit, "i"):
		return value.Mul(value, power(1024, 1+strings.Index("KMGTPE", unit[:1]))), true
	case len(unit) > 1:
		e, err := strconv.Atoi(unit[1:])
		switch {
		case err != nil || e > largestExponent || e < -largestExponent:
			return nil, false
		case e < 0:
			return value.Quo(value, power(10, -e)), true
		}
		return value.Mul(value, power(10, e)), true
	}
	scale := map[string]int{"n": -3, "u": -2, "m": -1, "": 0, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}[unit]
	if scale < 0 {
		return value.Quo(value, power(1000, -scale)), true
	}
	return value.Mul(value, power(1000, scale)), true
}

// whole reports whether a resource is counted in whole units: extended resources, and
// objects of a quota (k8s.io/kubernetes, pkg/apis/core/helper, IsIntegerResourceName).
func whole(name string) bool {
	name = strings.TrimPrefix(name, "requests.")
	switch name {
	case "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers":
		return true
	}
	return strings.Index(name, "/") > 0 && !strings.Contains(name, "kubernetes.io/")
}
