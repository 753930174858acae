package builtin

import (
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"stillsuit.dev/generator/manifest"
)

// remedy is a sentence for one of the API server's reasons: $1 is what the expression's first
// group matched, and FIELD the field.
type remedy struct {
	reason      *regexp.Regexp
	detail, fix string
}

// remedies are for the reasons that people meet (k8s.io/kubernetes v1.36, pkg/apis, and
// k8s.io/apimachinery, pkg/api/validation). The first that matches counts.
func remedies() []remedy {
	of := func(reason, detail, fix string) remedy { return remedy{regexp.MustCompile(reason), detail, fix} }
	return []remedy{
		of("^must be greater than or equal to `?(minReplicas)`?", "it must not be smaller than minReplicas", "raise `maxReplicas`, or lower `minReplicas`"),
		of("^must be greater than or equal to `?(\\w+)`?$", "it must be at least $1", "raise `FIELD` to $1 or more"),
		of("^must be less than or equal to `?(\\w+)`?$", "it must be at most $1", "lower `FIELD` to $1 or less"),
		of("^must be less than `?(\\w+)`?", "it must be less than $1", "lower `FIELD` below $1"),
		of("^must be greater than `?(\\w+)`?", "it must be more than $1", "raise `FIELD` above $1"),
		of("^must not be greater than 100%", "a share is at most 100%", "write a percentage up to 100%"),
		of("^may not be 0 when `maxSurge` is 0", "a rolling update has to stop a pod or start another one", "raise `maxSurge` or `maxUnavailable`"),
		of("^cannot be 0 when maxUnavailable is 0", "a rolling update has to stop a pod or start another one", "raise `maxSurge` or `maxUnavailable`"),
		of("^may not be (?:specified|set|used) when (?:strategy )?`?type`? is '(\\w+)'", "it has no meaning when type is $1", "remove `FIELD`, or change the type"),
		of("^may only be (?:specified|set|used) when `?type`? is '?(\\w+)'?", "it has a meaning only when type is $1", "remove `FIELD`, or write `type: $1`"),
		of("^must be a DNS name, not an IP address", "rules go by a DNS name", "write a DNS name, or remove `host` to match any"),
		of("^cannot set both resource and service backends", "a backend is a Service or another resource", "remove `service` or `resource`"),
		of("^cannot set `allowPrivilegeEscalation` to false and `privileged` to true", "a privileged container may always gain privileges", "remove `privileged: true`, or `allowPrivilegeEscalation: false`"),
		of("breaks non-root policy", "runAsNonRoot: true forbids the user 0", "write another user, or remove `runAsNonRoot`"),
		of("^rules cannot apply to both regular resources and non-resource URLs", "one rule is for resources or for URLs", "write the URLs as a rule of their own"),
		of("^must be equal to request", "request and limit of such a resource are equal", "write the same amount as request and limit"),
		of("^must be set to the same value for all", "all items have the same value there", "write one value everywhere"),
		of("^must match (?:one of )?the (\\w+)", "it must be one of the $1", "write one of the $1"),
		of("^must be unique", "another item of the list has the same", "change or remove one of them"),
		of("^field is immutable", "the API server does not let it change", "leave it as it is"),
		of("^must be non-?negative", "it must be 0 or more", "write 0 or more"),
		of("^must be positive and less than (\\w+)", "it must be 1 or more and less than $1", "write such a number"),
		of("^must be (?:a )?positive(?: integer| number)?$", "it must be 1 or more", "write 1 or more"),
		of("^must be specified (?:for|when) (.+)$", "$1 needs it", "add `FIELD`"),
		of("^must be empty (?:for|when|if) (.+)$", "it has no meaning for $1", "remove `FIELD`"),
		of("^must not be (?:set|specified) (?:for|when|if) (.+)$", "the API server rejects it for $1", "remove `FIELD`"),
		of("^must be '?([\\w./-]+)'?$", "it must be $1", "write `FIELD: $1`"),
	}
}

// remedied is what is said of an error whose reason is in the table.
func remedied(p problem) (said, bool) {
	value := p.value()
	if value == "" || manifest.At(p.written, p.keys) == nil {
		value = ""
	}
	out := said{problem: p.field() + " is " + value}
	if value == "" {
		out.problem = p.field() + " is not valid"
		if p.Type == field.ErrorTypeForbidden {
			out.problem = p.field() + " may not be set here"
		}
	}
	if amount, is := manifest.At(p.written, p.keys).(string); is && strings.Contains(p.Detail, "greater than zero") {
		out.detail, out.fix = "a claim or a quota asks for more than nothing", "write an amount such as 1Gi"
		if !strings.Contains(strings.Join(p.keys, "."), "storage") {
			out.detail, out.fix = "it must be more than "+amount, "write a larger amount"
		}
		return out, true
	}
	for _, r := range remedies() {
		m := r.reason.FindStringSubmatch(p.Detail)
		if m == nil {
			continue
		}
		with := strings.NewReplacer("FIELD", p.last(), "$1", strings.Join(m[1:], " "))
		out.detail, out.fix = with.Replace(r.detail), with.Replace(r.fix)
		if strings.Contains(r.detail, "than $1") && m[1] == "zero" {
			out.detail, out.fix = "it must be 1 or more", fmt.Sprintf("write `%s: 1`, or more", p.last())
		}
		return out, true
	}
	return said{}, false
}
