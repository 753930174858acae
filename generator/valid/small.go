package valid

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/quantities"
)

// CodeSmall is that of an amount of memory or storage that is too small to be meant.
const CodeSmall = "object/small-amount"

// least is the smallest amount of memory that a container, and of storage that a claim,
// is meant to have; our choice. Below it runc's own first process is killed ("container init
// was OOM-killed (memory limit too low?)", runc libcontainer/process_linux.go), and no
// file system fits.
const least = 1 << 20

// unit splits an amount into its number and its unit.
var unit = regexp.MustCompile(`^([0-9.]+)([A-Za-z]*)$`)

// small refuses amounts of memory and storage that are too small to be meant: m after an
// amount of bytes is a thousandth of one, and an amount without a unit counts bytes. Nothing
// at all is no mistake: a quota of 0 forbids.
func small(keys []string, text string) []Problem {
	counted, every := inBytes(keys)
	parts := unit.FindStringSubmatch(text)
	if !counted || parts == nil {
		return nil
	}
	q, err := resource.ParseQuantity(text)
	if err != nil || q.Sign() <= 0 || q.CmpInt64(least) >= 0 {
		return nil
	}
	number, suffix := parts[1], parts[2]
	thousandths := slices.Contains([]string{"m", "u", "n"}, suffix)
	if !every && !thousandths && suffix != "" {
		return nil // a small directory may be meant
	}
	why := fmt.Sprintf("is %d bytes, less than 1Mi", q.Value())
	switch {
	case thousandths:
		why = fmt.Sprintf("is %s bytes: the unit %s is a part of a byte", strconv.FormatFloat(q.AsApproximateFloat64(), 'g', 4, 64), suffix)
	case suffix == "":
		why = fmt.Sprintf("is %s: an amount without a unit counts bytes", inWords(q))
	}
	out := problem(CodeSmall, keys, text, why, "write "+meant(keys, number, suffix))
	if out[0].Mild = keys[len(keys)-2] != "limits"; !out[0].Mild {
		unknown := quantities.Unknown()
		out[0].Instead = unknown.String()
	}
	return out
}

// inWords is a small amount of bytes in a sentence.
func inWords(q resource.Quantity) string {
	if q.CmpInt64(1) == 0 {
		return "1 byte"
	}
	return strconv.FormatFloat(q.AsApproximateFloat64(), 'f', -1, 64) + " bytes"
}

// meant is the amount that is most likely meant: mebibytes, or gibibytes where only those
// make sense.
func meant(keys []string, number, suffix string) string {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n == 0 {
		return "64Mi"
	}
	disk := slices.ContainsFunc([]string{"size", "storage", "cache"}, func(of string) bool { return strings.HasSuffix(keys[len(keys)-1], of) })
	if suffix == "" && (disk || n <= 16) || n < 1 {
		return number + "Gi"
	}
	return number + "Mi"
}

// inBytes reports whether keys lead to an amount of bytes, and whether every amount below
// 1Mi is a mistake there. A directory in memory or on the disk may be small, and the storage
// of claims in trees of others is often a form that no driver reads, so only units are
// judged there.
func inBytes(keys []string) (counted, every bool) {
	if len(keys) < 2 || slices.ContainsFunc(keys, func(key string) bool { return key == "min" || key == "maxLimitRequestRatio" || key == "overhead" }) {
		return false, false
	}
	last, above := keys[len(keys)-1], keys[len(keys)-2]
	of := last[strings.LastIndex(last, ".")+1:] // requests.memory of a quota
	switch {
	case above == "scratch", last == "scratch", last == "sizeLimit", of == "storage", of == "ephemeral-storage":
		return true, false
	case last == "memory" && len(keys) > 2 && keys[len(keys)-3] == "volumes":
		return true, false
	case of == "memory", above == "memory", last == "size", last == "cache":
		return true, true
	}
	return false, false
}
