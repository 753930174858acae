// Package valid knows values that Kubernetes refuses wherever they stand: amounts,
// label keys and values, names and schedules. It looks at objects as JSON decodes
// them, before a Go type cuts off or drops what does not fit into it.
package valid

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
)

// Problem is a value that Kubernetes refuses.
type Problem struct {
	Code finding.Code
	// Keys lead to the value.
	Keys []string
	// Value is what is written there.
	Value string
	// Problem names the field and the value and says what is wrong; Fix what to write.
	Problem, Fix string
	// Instead stands for a value that could not even be decoded, or would be taken for
	// another; nil where what is written may stay.
	Instead any
	// Mild says that what is written does no harm: something else than a container's limit
	// is not what is meant.
	Mild bool
	// Accepted says that the API server takes it, and that something else fails on it, or
	// does nothing.
	Accepted bool
}

// Rule looks at one value of a type. It reports what is wrong with it, by the keys
// below it.
type Rule func(value any, keys []string) []Problem

// Rules are by the Go type that a value is decoded into.
type Rules map[reflect.Type]Rule

// Find returns what is wrong with the value at keys, which is to be decoded into a type,
// by these rules and those for amounts and whole numbers.
func (r Rules) Find(t reflect.Type, value any, keys ...string) []Problem {
	var out []Problem
	manifest.Walk(t, value, keys, func(t reflect.Type, v any, keys []string) {
		if rule := r.of(t); rule != nil {
			out = append(out, rule(v, slices.Clone(keys))...)
		}
	})
	return out
}

func (r Rules) of(t reflect.Type) Rule {
	switch {
	case r[t] != nil:
		return r[t]
	case t == quantity:
		return amounts
	case t == numberOrShare:
		return each(number(32), share)
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return number(t.Bits())
	}
	return nil
}

// Known is a value without what could not be decoded or counted: quantities.Unknown is in the
// place of amounts, so that whatever else the value holds can be judged.
func Known(value any, problems []Problem) any {
	for _, p := range problems {
		if p.Instead != nil {
			value = manifest.With(value, p.Keys, p.Instead)
		}
	}
	return value
}

// Dotted writes keys as a person does: spec.containers[0].resources.
func Dotted(keys []string) string { return dotted(keys, quote) }

// DottedBare is Dotted with keys in brackets as they are, as kubectl writes them:
// spec.nodeSelector[kubernetes.io/arch].
func DottedBare(keys []string) string { return manifest.Dotted(keys) }

func dotted(keys []string, quote func(string) string) string {
	var b strings.Builder
	for i, key := range keys {
		_, err := strconv.Atoi(key)
		switch {
		case err == nil:
			b.WriteString("[" + key + "]")
			continue
		case strings.ContainsAny(key, "./"):
			b.WriteString("[" + quote(key) + "]")
			continue
		case i > 0:
			b.WriteByte('.')
		}
		b.WriteString(key)
	}
	return b.String()
}

// quote writes a text into a sentence, without control characters and cut short.
func quote(s string) string {
	if runes := []rune(s); len(runes) > 70 {
		return strconv.QuoteToASCII(string(runes[:70])) + "…"
	}
	return strconv.QuoteToASCII(s)
}

// problem is one of a value in the field at keys.
func problem(code finding.Code, keys []string, value, why, mend string) []Problem {
	return []Problem{{Code: code, Keys: keys, Value: value, Problem: says(keys, value, why), Fix: mend}}
}

func says(keys []string, value, why string) string {
	return fmt.Sprintf("%s is %s, which %s", Dotted(keys), quote(value), why)
}

// Below is a path further down. It shares no memory.
func Below(keys []string, more ...string) []string { return append(slices.Clone(keys), more...) }
