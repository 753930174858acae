package custom

import (
	"regexp"
	"strings"
)

// sayings turn what a schema says of a value into a clause: k8s.io/kube-openapi,
// pkg/validation/errors/schema.go.
func sayings() []saying {
	return []saying{
		{regexp.MustCompile(`^should match '(.*)'$`), " wants text that matches `$1`"},
		{regexp.MustCompile(`^should be less than or equal to (\S+)$`), " allows at most $1"},
		{regexp.MustCompile(`^should be greater than or equal to (\S+)$`), " wants at least $1"},
		{regexp.MustCompile(`^should be less than (\S+)$`), " wants less than $1"},
		{regexp.MustCompile(`^should be greater than (\S+)$`), " wants more than $1"},
		{regexp.MustCompile(`^should be a multiple of (\S+)$`), " wants a multiple of $1"},
		{regexp.MustCompile(`^should be at least (\d+) chars long$`), " wants at least $1 characters"},
		{regexp.MustCompile(`^should have at least (\d+) items$`), " wants at least $1 entries"},
		{regexp.MustCompile(`^should have at least (\d+) properties$`), " wants at least $1 keys"},
		{regexp.MustCompile(`^shouldn't contain duplicates$`), " wants each item of the list once"},
		{regexp.MustCompile(`^must be of type (\S+): .*$`), " wants it in the format $1"},
		{regexp.MustCompile(`^must validate at least one schema \(anyOf\)$`), " describes several forms for it (anyOf), and it has none of them"},
		{regexp.MustCompile(`^must validate one and only one schema \(oneOf\)\. Found none valid$`), " describes several forms for it (oneOf), and it has none of them"},
		{regexp.MustCompile(`^must validate one and only one schema \(oneOf\)\. Found (\d+) valid alternatives$`), " wants one of several forms (oneOf), and it has $1 of them at once"},
		{regexp.MustCompile(`^must not validate the schema \(not\)$`), " describes what it must not be (not), and it is that"},
		{regexp.MustCompile(`^must validate all the schemas \(allOf\)\..*$`), " describes several things that it must be (allOf), and it is not all of them"},
	}
}

// saying is a sentence of the schema's validation, and its words here, after who has it.
type saying struct {
	is   *regexp.Regexp
	says string
}

// said is what a schema says of a value, as a clause: spec.port in body should be less than
// or equal to 65535.
func said(who, detail string) string {
	if _, rule, ok := strings.Cut(detail, " in body "); ok {
		detail = rule
	}
	for _, s := range sayings() {
		if s.is.MatchString(detail) {
			return who + s.is.ReplaceAllString(detail, s.says)
		}
	}
	if detail == "" {
		return who + " does not allow it"
	}
	if strings.HasPrefix(detail, "must ") || strings.HasPrefix(detail, "should ") || strings.HasPrefix(detail, "may ") {
		return "it " + strings.TrimSuffix(detail, ".")
	}
	return "the API server says: " + strings.TrimSuffix(detail, ".")
}
