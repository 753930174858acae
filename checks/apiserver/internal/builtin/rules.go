package builtin

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
)

// rule puts errors of one kind into words; false for others.
type rule func(problem) (said, bool)

func rules() []rule {
	return []rule{
		expression, ofAPI, headless, scaledToZero, restart, unlimited, missing, unsupported, alternatives, operator, mismatched, repeated, aboveLimit, mode, share, unmounted, toleration, format, tooLong, outside, both, unknownResource, remedied, forbidden,
	}
}

// generally is what is said of every other error, with the API server's own reason.
func (p problem) generally() said {
	out := said{problem: p.field() + " is not valid", detail: "the API server rejects it: " + reason(p.Detail), fix: "change it, or remove it"}
	if value := p.value(); value != "" {
		out.problem = p.field() + " is " + value
	}
	return out
}

// example is the part of the API server's reasons that only a program needs.
var example = regexp.MustCompile(` ?\((e\.g\.|regex used)[^()]*(\([^()]*(\([^()]*(\([^()]*\)[^()]*)*\)[^()]*)*\)[^()]*)*\)`)

// reason is why the API server rejects a value, in its own words, as a clause.
func reason(detail string) string {
	text := strings.Join(strings.Fields(example.ReplaceAllString(detail, "")), " ")
	if i := strings.Index(text, "regex used"); i >= 0 {
		text = strings.TrimRight(text[:i], " (,")
	}
	if text == "" {
		return "the value is not valid"
	}
	return strings.TrimSuffix(strings.TrimSuffix(text, "."), ":")
}

// missing is about a field that has to be there.
func missing(p problem) (said, bool) {
	if p.Type != field.ErrorTypeRequired {
		return said{}, false
	}
	name := p.last()
	out := said{problem: fmt.Sprintf("%s has no %s", p.owner(), name), detail: "the API server requires it", fix: "add `" + name + "`"}
	if p.owner() == p.name() {
		out.problem = fmt.Sprintf("%s has no %s", p.name(), dottedOr(p.keys, name))
	}
	if detail := reason(p.Detail); p.Detail != "" {
		out.detail = "the API server requires it: " + detail
	}
	switch manifest.At(p.written, p.keys).(type) {
	case string, map[string]any, []any:
		out.problem = p.field() + " is empty"
		out.fix = "fill it in"
	}
	if value := p.value(); value != "" && out.fix != "fill it in" && manifest.At(p.written, p.keys) != nil { // 0 is as good as none
		out.problem, out.fix = p.field()+" is "+value, "write another value than "+value
		if strings.HasSuffix(strings.ToLower(name), "port") {
			out.detail, out.fix = "a port is a number from 1 to 65535", "write such a number"
		}
	}
	if p.object.Kind == "Secret" && len(p.keys) == 2 && p.keys[0] == "data" {
		return p.secretKeys(), true
	}
	switch name {
	case "selector":
		out.detail = "a " + p.object.Kind + " finds its pods by their labels"
		if labels := pairs(manifest.At(p.written, []string{"spec", "template", "metadata", "labels"})); labels != "" {
			out.fix = "add `selector: {matchLabels: {" + labels + "}}`, the labels of its pod template"
		}
	case "accessModes":
		out.fix = "add `accessModes: [ReadWriteOnce]`, or another mode of the storage class"
	case "pathType":
		out.fix = "add `pathType: Prefix`, or Exact"
	case "restartPolicy":
		if p.object.Kind == "Job" || p.object.Kind == "CronJob" {
			out.detail = "a Job's pods do not restart always"
			out.fix = "add `restartPolicy: OnFailure`, or Never"
		}
	case "spec", "template":
		out.detail = "the API server requires it"
	}
	return out, true
}

// secretKeys are those that a Secret of its type has to have.
func (p problem) secretKeys() said {
	kind := fmt.Sprint(manifest.At(p.written, []string{"type"}))
	keys := map[string][]string{
		"kubernetes.io/tls": {"tls.crt", "tls.key"}, "kubernetes.io/ssh-auth": {"ssh-privatekey"},
		"kubernetes.io/dockerconfigjson": {".dockerconfigjson"}, "kubernetes.io/dockercfg": {".dockercfg"},
	}[kind] // k8s.io/kubernetes v1.36, pkg/apis/core/validation, ValidateSecret
	lacks := slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		return manifest.At(p.written, []string{"data", key}) != nil || manifest.At(p.written, []string{"stringData", key}) != nil
	})
	if len(lacks) == 0 {
		lacks = []string{p.last()}
	}
	return said{
		problem: fmt.Sprintf("%s has no %s", p.name(), finding.Named("key", lacks)),
		detail:  fmt.Sprintf("a Secret of type %s has to have %s", kind, finding.All(keys)), fix: "add the " + finding.Named("key", lacks) + ", or write `type: Opaque`",
	}
}

// unsupported is about a value that is none of those that a field may have.
func unsupported(p problem) (said, bool) {
	if p.Type != field.ErrorTypeNotSupported {
		return said{}, false
	}
	var known []string
	for _, m := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(p.Detail, -1) {
		if m[1] != "" {
			known = append(known, m[1])
		}
	}
	slices.Sort(known)
	return p.oneOf(known), len(known) > 0
}

// oneOf says that a value is none of those that a field may have.
func (p problem) oneOf(known []string) said {
	if block, is := manifest.At(p.written, p.keys).(map[string]any); is && block["type"] != nil {
		p.keys = append(slices.Clone(p.keys), "type")
	}
	if list, is := manifest.At(p.written, p.keys).([]any); is {
		i := slices.IndexFunc(list, func(item any) bool { return !slices.Contains(known, fmt.Sprint(item)) })
		if i >= 0 {
			p.keys = append(slices.Clone(p.keys), strconv.Itoa(i))
		}
	}
	out := said{problem: p.field() + " is " + p.value(), detail: "it may be " + finding.OneOf(known), fix: "write one of them", at: p.keys}
	if p.value() == "" {
		out.problem = p.field() + " is not valid"
	}
	if text, is := manifest.At(p.written, p.keys).(string); is && len(known) > 1 {
		if like := finding.Suggest(text, known); like != "" {
			out.fix = "write `" + p.last() + ": " + like + "`"
			if _, err := strconv.Atoi(p.keys[len(p.keys)-1]); err == nil {
				out.fix = "write `" + like + "`"
			}
		}
	}
	if len(known) == 1 {
		out.fix = "write `" + p.last() + ": " + known[0] + "`, or remove it"
	}
	return out
}

// alternatives is about a value that has to be one of two.
func alternatives(p problem) (said, bool) {
	m := regexp.MustCompile(`^must be '(\w+)' or '(\w+)'$`).FindStringSubmatch(p.Detail)
	if m == nil {
		return said{}, false
	}
	return p.oneOf([]string{m[1], m[2]}), true
}

// operator is about how a selector compares labels.
func operator(p problem) (said, bool) {
	if p.Detail != "not a valid selector operator" {
		return said{}, false
	}
	known := []string{"In", "NotIn", "Exists", "DoesNotExist"}
	if slices.Contains(p.keys, "nodeSelectorTerms") || slices.Contains(p.keys, "preference") {
		known = append(known, "Gt", "Lt")
	}
	out := p.oneOf(known)
	if text := fmt.Sprint(p.BadValue); text == "Equals" || text == "Equal" || text == "=" || text == "==" {
		out.fix = "write `operator: In`"
	}
	return out, true
}

// repeated is about an item of a list that is there already.
func repeated(p problem) (said, bool) {
	if p.Type != field.ErrorTypeDuplicate {
		return said{}, false
	}
	out := said{problem: p.field() + " is " + p.value(), detail: "an earlier item of the list has that too", fix: "change one of them, or remove it"}
	if p.value() == "" {
		out.problem = p.field() + " is there twice"
	}
	return out, true
}

// scaledToZero is about a scaler that may stop all pods. The gate is alpha, so the API server
// rejects it unless somebody opened that (k8s.io/kubernetes, pkg/features, HPAScaleToZero);
// a repository does not say.
func scaledToZero(p problem) (said, bool) {
	if p.object.Kind != "HorizontalPodAutoscaler" || p.last() != "minReplicas" || fmt.Sprint(p.BadValue) != "0" {
		return said{}, false
	}
	return said{
		problem: p.field() + " is 0", detail: "the API server rejects that unless its feature gate HPAScaleToZero is on, and it is off by default",
		fix: "write 1, or turn the gate on", severity: finding.Warning,
	}, true
}

// headless is about the address of a Service, of which a list is checked.
func headless(p problem) (said, bool) {
	ip, is := manifest.At(p.written, []string{"spec", "clusterIP"}).(string)
	if p.object.Kind != "Service" || len(p.keys) < 2 || p.keys[1] != "clusterIPs" || !is || fmt.Sprint(p.BadValue) != ip {
		return said{}, false
	}
	out := said{problem: fmt.Sprintf("spec.clusterIP of %s is %q", p.name(), ip), detail: "it may be an IP address, or None for a headless Service", fix: "remove it", at: []string{"spec", "clusterIP"}}
	if strings.EqualFold(ip, "none") {
		out.fix = "write `clusterIP: None`"
	}
	return out, true
}

// restart is about the restart policy of a Job's pods.
func restart(p problem) (said, bool) {
	if p.last() != "restartPolicy" || p.object.Kind != "Job" && p.object.Kind != "CronJob" {
		return said{}, false
	}
	out := said{problem: p.field() + " is " + p.value(), detail: "the pods of a Job restart on failure, or never", fix: "write `restartPolicy: OnFailure`, or Never"}
	if manifest.At(p.written, p.keys) == nil {
		out.problem = fmt.Sprintf("%s has no %s", p.name(), dottedOr(p.keys, ""))
		out.detail = "without one it is Always, and the pods of a Job restart on failure, or never"
		out.fix = "add `restartPolicy: OnFailure`, or Never"
	}
	return out, true
}

// unlimited is about a resource of a domain, which is requested as it is limited.
func unlimited(p problem) (said, bool) {
	if p.Detail != "Limit must be set for non overcommitable resources" {
		return said{}, false
	}
	requests, _ := manifest.At(p.written, append(slices.Clone(p.keys[:len(p.keys)-1]), "requests")).(map[string]any)
	for _, pair := range sortedPairs(requests) {
		if strings.Contains(pair[0], "/") || strings.HasPrefix(pair[0], "hugepages-") {
			return said{
				problem: fmt.Sprintf("%s requests %s and has no limit for it", p.owner(), pair[0]), detail: "request and limit of such a resource are equal",
				fix: fmt.Sprintf("add `limits: {%s: %s}`", pair[0], pair[1]), at: append(slices.Clone(p.keys[:len(p.keys)-1]), "requests", pair[0]),
			}, true
		}
	}
	return said{}, false
}

// toleration is about the value of a toleration that is for any value.
func toleration(p problem) (said, bool) {
	if !strings.HasPrefix(p.Detail, "value must be empty when `operator` is 'Exists'") {
		return said{}, false
	}
	at := append(slices.Clone(p.keys[:len(p.keys)-1]), "value")
	return said{problem: p.fieldAt(at) + " is set", detail: "the operator Exists matches any value", fix: "remove `value`, or write `operator: Equal`", at: at}, true
}

// mismatched is about pods that their own selector does not find.
func mismatched(p problem) (said, bool) {
	if !strings.HasPrefix(p.Detail, mismatch) {
		return said{}, false
	}
	selector := p.selector(p.keys)
	wanted, _ := manifest.At(p.written, append(slices.Clone(selector), "matchLabels")).(map[string]any)
	if wanted == nil && p.object.Kind == "ReplicationController" {
		wanted, _ = manifest.At(p.written, selector).(map[string]any)
	}
	carried, _ := manifest.At(p.written, p.keys).(map[string]any)
	out := said{
		problem: "the selector of " + p.name() + " does not match the labels of its pod template",
		detail:  "a " + p.object.Kind + " finds its pods by these labels",
		fix:     "make them equal",
	}
	var lacks []string
	for _, pair := range sortedPairs(wanted) {
		if carried[pair[0]] == nil || fmt.Sprint(carried[pair[0]]) != pair[1] {
			if carried[pair[0]] != nil && out.at == nil {
				out.at = append(slices.Clone(p.keys), pair[0])
			}
			lacks = append(lacks, pair[0]+": "+pair[1])
		}
	}
	out.with = [][]string{append(slices.Clone(selector), "matchLabels"), selector}
	if len(lacks) > 0 {
		out.problem = fmt.Sprintf("%s selects pods with the label %s, and its pod template has %s", p.name(), strings.Join(lacks, ", "), orNone(pairs(carried)))
		out.fix = fmt.Sprintf("write `%s` in the template's labels, or change matchLabels", strings.Join(lacks, ", "))
	}
	return out, true
}

// aboveLimit is about a container that requests more than it may use.
func aboveLimit(p problem) (said, bool) {
	m := regexp.MustCompile(`^must be less than or equal to (\S+) limit(?: of (\S+))?`).FindStringSubmatch(p.Detail)
	if m == nil {
		return said{}, false
	}
	keys := append(slices.Clone(p.keys), m[1])
	if slices.Contains(p.keys, m[1]) {
		keys = p.keys
	}
	return said{
		problem: fmt.Sprintf("the %s request of %s is %v, above its limit of %s", m[1], p.ownerOf(keys), p.BadValue, m[2]),
		detail:  "a request is at most as large as the limit", fix: "raise the limit, or lower the request", at: keys, with: [][]string{limitOf(keys)},
	}, true
}

// ownerOf is owner for keys that lead further down.
func (p problem) ownerOf(keys []string) string {
	p.keys = keys
	return p.owner()
}

// mode is about permissions of files, which people write in octal and YAML may read otherwise.
func mode(p problem) (said, bool) {
	if !strings.Contains(p.Detail, "0777 (octal)") {
		return said{}, false
	}
	written := fmt.Sprint(p.BadValue)
	out := said{problem: p.field() + " is " + written, detail: "a mode is at most 0777, which is 511 in decimal", fix: "write a smaller number"}
	if octal, err := strconv.ParseInt(written, 8, 32); err == nil && octal <= 0o777 && octal >= 0 {
		out.problem = fmt.Sprintf("%s is the decimal number %s", p.field(), written)
		out.detail = fmt.Sprintf("permissions are octal, and 0%s is %d in decimal", written, octal)
		out.fix = fmt.Sprintf("write `%s: 0%s` in YAML, or `%d` anywhere", p.last(), written, octal)
		if p.object.Origin != nil {
			out.fix = fmt.Sprintf("write `%s: 0o%s`, or `%d`", p.last(), written, octal)
		}
	}
	return out, true
}

// share is about a number of pods, or a percentage of them.
func share(p problem) (said, bool) {
	if !strings.HasPrefix(p.Detail, "a valid percent string") {
		return said{}, false
	}
	text := fmt.Sprint(manifest.At(p.written, p.keys))
	out := said{problem: fmt.Sprintf("%s is the text %q", p.field(), text), detail: "it is a number of pods, or a share of them such as 25%", fix: "write a number without quotes, or a percentage"}
	if _, err := strconv.Atoi(text); err == nil {
		out.fix = fmt.Sprintf("write `%s: %s`, without quotes, or `%s: \"%s%%\"`", p.last(), text, p.last(), text)
	}
	return out, true
}

// unmounted is about a mount of a volume that the pod does not have.
func unmounted(p problem) (said, bool) {
	if p.Type != field.ErrorTypeNotFound || !slices.Contains(p.keys, "volumeMounts") && !slices.Contains(p.keys, "volumeDevices") {
		return said{}, false
	}
	known := p.volumes(p.keys)
	out := said{
		problem: fmt.Sprintf("%s mounts the volume %v, which its pod does not have", p.owner(), p.BadValue),
		detail:  volumesOf(known), fix: fmt.Sprintf("add the volume %v to `volumes`, or remove the mount", p.BadValue),
	}
	out.with = [][]string{volumesOfPod(p.keys)}
	if like := finding.Suggest(fmt.Sprint(p.BadValue), known); like != "" {
		out.fix = "write `name: " + like + "`"
	}
	return out, true
}

// unknownResource is about a resource that a container cannot request.
func unknownResource(p problem) (said, bool) {
	if !strings.Contains(p.Detail, "must be a standard resource") && !strings.Contains(p.Detail, "standard resource type") {
		return said{}, false
	}
	name := fmt.Sprint(p.BadValue)
	known := []string{"cpu", "memory", "ephemeral-storage"}
	return said{
		problem: p.field() + " is no resource", detail: "containers have cpu, memory and ephemeral-storage; others carry a domain, such as nvidia.com/gpu",
		fix: finding.DidYouMean(name, known, "write one of these"),
	}, true
}

// forbidden is about a field that may not be set, as things are.
func forbidden(p problem) (said, bool) {
	if p.Type != field.ErrorTypeForbidden {
		return said{}, false
	}
	out := said{problem: p.field() + " may not be set here", detail: "the API server rejects it: " + reason(p.Detail), fix: "remove it"}
	if value := p.value(); value != "" && manifest.At(p.written, p.keys) != nil {
		out.problem, out.fix = p.field()+" is "+value, "change it, or remove it"
	}
	return out, true
}

// both is about fields of which only one may be set.
func both(p problem) (said, bool) {
	if m := regexp.MustCompile(`^(\w+) and (\w+) cannot be both set$`).FindStringSubmatch(p.Detail); m != nil {
		return said{
			problem: fmt.Sprintf("%s has both %s and %s", p.name(), manifest.Dotted(append(slices.Clone(p.keys), m[1])), manifest.Dotted(append(slices.Clone(p.keys), m[2]))), detail: "the API server accepts one of the two",
			fix: fmt.Sprintf("remove `%s` or `%s`", m[1], m[2]), at: append(slices.Clone(p.keys), m[2]),
			with: [][]string{append(slices.Clone(p.keys), m[1])},
		}, true
	}
	if m := regexp.MustCompile(`^may not specify more than 1 (\w+)(?: type)?$`).FindStringSubmatch(p.Detail); m != nil && len(p.keys) > 1 {
		what := map[string]string{"volume": "volume", "handler": "probe or hook"}[m[1]]
		if what == "" {
			what = "block"
		}
		return said{
			problem: fmt.Sprintf("%s stands beside another %s", p.field(), map[string]string{"volume": "source of the same volume", "handler": "handler of the same probe or hook"}[m[1]]),
			detail:  "a " + what + " has one", fix: fmt.Sprintf("remove `%s`, or the other one", p.last()),
		}, m[1] == "volume" || m[1] == "handler"
	}
	return said{}, false
}

// outside is about a number that is too small or too large.
func outside(p problem) (said, bool) {
	between := regexp.MustCompile(`^must be between (\S+) and (\S+?)(?:, inclusive)?$`).FindStringSubmatch(p.Detail)
	least := regexp.MustCompile(`^(?:must be|should be) greater than or equal to (-?\d+)$`).FindStringSubmatch(p.Detail)
	switch {
	case between != nil:
		return said{problem: p.field() + " is " + p.value(), detail: fmt.Sprintf("it is a number from %s to %s", between[1], between[2]), fix: "write such a number"}, p.value() != ""
	case least != nil:
		return said{problem: p.field() + " is " + p.value(), detail: "it is " + least[1] + " or more", fix: "write such a number"}, p.value() != ""
	}
	return said{}, false
}

// tooLong is about texts, lists and blocks that are too large.
func tooLong(p problem) (said, bool) {
	m := regexp.MustCompile(`(?:must be no more than|may not be more than|must have at most|must not be longer than|must be no longer than) (\d+) ?(\w*)`).FindStringSubmatch(p.Detail)
	if m == nil && p.Type != field.ErrorTypeTooLong && p.Type != field.ErrorTypeTooMany {
		return said{}, false
	}
	out := said{problem: p.field() + " is too long", detail: reason(p.Detail), fix: "shorten it"}
	if m == nil {
		return out, true
	}
	most, _ := strconv.Atoi(m[1]) // digits
	if text, is := manifest.At(p.written, p.keys).(string); is && len(text) <= most {
		return said{}, false
	}
	unit := m[2]
	if unit == "" {
		unit = "bytes"
	}
	out.detail = fmt.Sprintf("Kubernetes allows %s %s", m[1], unit)
	if text, is := manifest.At(p.written, p.keys).(string); is {
		out.problem = fmt.Sprintf("%s has %d %s: %s", p.field(), len(text), unit, quoted(text))
		out.detail += " there"
	}
	return out, true
}

func volumesOf(names []string) string {
	if len(names) == 0 {
		return "the pod has no volumes"
	}
	return "the pod has the " + finding.Named("volume", names)
}
