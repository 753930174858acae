package custom

import (
	"fmt"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/valid"
)

// longRule is how long a rule may be, in bytes, to be shown in a sentence.
const longRule = 160

// rule reports a rule in CEL that does not hold of an object with its defaults. A rule
// reports itself at the value that it is about, or at a field below.
func (r *resource) rule(object map[string]any, err *field.Error) {
	keys := keysOf(object, err.Field)
	value, s, there := at(r.structural, object, keys)
	rule := ruleOf(s, err.Detail)
	about := value // what the rule looks at
	if rule == nil && len(keys) > 0 {
		var parent *schema.Structural
		about, parent, _ = at(r.structural, object, keys[:len(keys)-1])
		rule = ruleOf(parent, err.Detail)
	}
	if r.misspelt(keys, there) {
		return
	}
	where := r.name
	if len(keys) > 0 {
		where = valid.Dotted(keys) + " of " + r.name
	}
	if unfilled(about) {
		r.later(keys, where, err.Detail)
		return
	}
	out := refusal.Refusal{Code: CodeInvalid, Severity: finding.Error, Keys: keys, Problem: where + " breaks a rule of its CRD", Detail: message(err.Detail)}
	if err.Type == field.ErrorTypeDuplicate {
		out.Code = CodeDuplicate
	}
	switch value.(type) {
	case string, bool, int64, float64:
		out.Problem = where + " is " + shown(value) + ", which breaks a rule of its CRD"
	}
	out.Fix = "change it so that the rule holds"
	if rule != nil && rule.Message != "" && len(rule.Rule) <= longRule && !strings.Contains(rule.Rule, "\n") {
		out.Fix = fmt.Sprintf("change it so that `%s` holds", strings.TrimSpace(rule.Rule))
	}
	r.out = append(r.out, out)
}

// later notes a rule that cannot be evaluated before a value is filled in. Rules about one
// value are one note.
func (r *resource) later(keys []string, where, detail string) {
	for i := range r.out {
		if note := &r.out[i]; note.Code == CodeNotChecked && slices.Equal(note.Keys, keys) {
			note.Detail += "; " + message(detail)
			return
		}
	}
	r.out = append(r.out, refusal.Refusal{
		Code: CodeNotChecked, Severity: finding.Note, Keys: keys,
		Problem: where + " holds a value that is filled in later, so that rules of its CRD were not evaluated",
		Detail:  message(detail),
		Fix:     "see that the value follows the rules",
	})
}

// message is what a rule says, as a clause. A rule without a message is its own.
func message(detail string) string {
	detail = strings.TrimRight(strings.TrimSpace(detail), ".")
	if rule, ok := strings.CutPrefix(detail, "failed rule: "); ok {
		return "the rule is `" + rule + "`"
	}
	return "the rule says: " + detail
}

// ruleOf is the rule of a schema that an error is about; nil when none is.
func ruleOf(s *schema.Structural, detail string) *apiextensionsv1.ValidationRule {
	if s == nil {
		return nil
	}
	for i := range s.XValidations {
		rule := &s.XValidations[i]
		text := "failed rule: " + strings.TrimSpace(rule.Rule)
		if rule.Message != "" {
			text = strings.TrimSpace(rule.Message)
		}
		if strings.HasSuffix(detail, text) || rule.MessageExpression != "" && len(s.XValidations) == 1 {
			return rule
		}
	}
	return nil
}
