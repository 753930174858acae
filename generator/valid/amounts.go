package valid

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/quantities"
)

var (
	quantity      = reflect.TypeFor[resource.Quantity]()
	numberOrShare = reflect.TypeFor[intstr.IntOrString]()
)

// amounts refuses values that are not quantities. A quantity is a string or a number.
func amounts(value any, keys []string) []Problem {
	text, ok := value.(string)
	if !ok {
		b, err := json.Marshal(value)
		if text = string(b); err != nil {
			text = fmt.Sprint(value) // a number that JSON does not know
		}
	}
	name := ""
	if len(keys) > 0 {
		name = keys[len(keys)-1]
	}
	why, mend := quantities.Wrong(name, strings.TrimSpace(text))
	if q, err := resource.ParseQuantity(text); name == "maximumVolumeSize" && err == nil && q.Sign() < 0 {
		return nil // of a CSIStorageCapacity, whose sign nobody looks at: it has room for no volume
	}
	if why == "" {
		return small(keys, strings.TrimSpace(text))
	}
	unknown := quantities.Unknown()
	return uncounted(keys, text, why, mend, unknown.String())
}

// number refuses numbers that do not fit into so many bits. A value that is not a whole
// number fails when it is decoded.
func number(bits int) Rule {
	return func(value any, keys []string) []Problem {
		var text string
		switch value.(type) {
		case json.Number, float64, int, int64, uint64:
			text = fmt.Sprint(value)
		}
		pods := bits == 32 && len(keys) > 0 && slices.Contains(counts[:], keys[len(keys)-1])
		if n, err := strconv.ParseInt(text, 10, bits); pods && err == nil && n == UnknownCount {
			return uncounted(keys, text, "is below 0", "write the number of pods that you want", json.Number(text))
		} else if err == nil {
			return nil
		}
		most := int64(math.MaxInt64 >> (64 - bits))
		if f, err := strconv.ParseFloat(text, 64); (err == nil || math.IsInf(f, 0)) && math.Abs(f) >= float64(most) {
			instead := most
			if pods {
				instead = UnknownCount
			}
			return uncounted(keys, text, fmt.Sprintf("is too large: the field holds up to %d", most), "write a smaller number", json.Number(strconv.FormatInt(instead, 10)))
		}
		return nil
	}
}

// counts are the fields that decide how many pods there are.
var counts = [...]string{"replicas", "parallelism"}

// UnknownCount stands for a number of pods that was refused where it was read.
const UnknownCount = math.MinInt32

// Share refuses percentages that do not fit into so many bits.
func Share(value any, keys []string) []Problem { return percent(value, keys, 64) }

func share(value any, keys []string) []Problem { return percent(value, keys, 32) }

func percent(value any, keys []string, bits int) []Problem {
	text, _ := value.(string)
	if text == UnknownShare {
		return uncounted(keys, text, "is below 0", "write a share such as 80%", UnknownShare)
	}
	digits, percent := strings.CutSuffix(text, "%")
	if _, err := strconv.ParseInt(digits, 10, bits); !percent || err == nil || strings.Trim(digits, "0123456789") != "" {
		return nil
	}
	return uncounted(keys, text, "is too large", "write a share such as 80%", UnknownShare)
}

// UnknownShare stands for a share that was refused where it was read. Nothing that
// Kubernetes takes is below zero.
const UnknownShare = "-1%"

// StandsIn reports whether a value, as JSON decodes it, stands for one that was refused where
// it was read: nothing more is to be said about it.
func StandsIn(value any) bool {
	unknown := quantities.Unknown()
	switch text := fmt.Sprint(value); text {
	case unknown.String(), UnknownShare:
		_, is := value.(string)
		return is
	default:
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && n == UnknownCount
	}
}

// TooLong is the problem of a time that does not fit into 64 bits of nanoseconds.
func TooLong(text string, keys []string) []Problem {
	return uncounted(keys, text, "is too long: a time is less than 293 years", "write a shorter time, such as 5m", "0s")
}

func uncounted(keys []string, value, why, mend string, instead any) []Problem {
	out := problem(CodeAmount, keys, value, why, mend)
	out[0].Instead = instead
	return out
}
