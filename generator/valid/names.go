package valid

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/util/validation"
)

// form is a form of names.
type form struct {
	accepts func(string) []string
	longest int
	mend    string
	means   func(string) string // what a refused text most likely means; "" when it is unclear
}

const ends = ", with a letter or digit at both ends"

var (
	subdomain = form{accepts: validation.IsDNS1123Subdomain, longest: 253, mend: "write lower-case letters, digits, dashes and dots" + ends}
	label     = form{accepts: validation.IsDNS1123Label, longest: 63, mend: "write up to 63 lower-case letters, digits and dashes" + ends}
	service   = form{accepts: validation.IsDNS1035Label, longest: 63, mend: "write up to 63 lower-case letters, digits and dashes, with a letter first and a letter or digit last"}
	segment   = form{accepts: content.IsPathSegmentName, mend: "write a name without slashes and percent signs"}
	portName  = form{accepts: validation.IsValidPortName, longest: 15, mend: "write up to 15 lower-case letters, digits and single dashes, with a letter among them"}
)

// nameOf is the form of the names of a kind; most are DNS subdomains
// (k8s.io/kubernetes, pkg/apis/*/validation, and those of custom kinds in
// apiextensions-apiserver, pkg/registry/customresource).
func nameOf(group, kind string) form {
	switch group + "/" + kind {
	case "/Namespace":
		return label
	case "/Service":
		return service
	case "rbac.authorization.k8s.io/Role", "rbac.authorization.k8s.io/ClusterRole", "rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding",
		"flowcontrol.apiserver.k8s.io/FlowSchema", "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration":
		return segment
	case "batch/CronJob":
		// The controller appends up to 11 characters to the names of Jobs.
		return subdomain.within(validation.DNS1035LabelMaxLength - 11)
	case "batch/Job":
		// The name is a label of its pods (kubernetes.io/docs/concepts/workloads/controllers/job).
		return subdomain.within(validation.LabelValueMaxLength)
	}
	return subdomain
}

func (f form) within(longest int) form {
	f.longest = longest
	f.mend = strings.Replace(f.mend, "write ", fmt.Sprintf("shorten it to %d characters or fewer: ", longest), 1)
	return f
}

// rule refuses names of another form.
func (f form) rule(value any, keys []string) []Problem {
	name, ok := value.(string)
	if !ok || name == "" || len(f.accepts(name)) == 0 && (f.longest == 0 || len(name) <= f.longest) {
		return nil
	}
	mend := f.mend
	if f.means != nil && f.means(name) != "" {
		mend = "write " + f.means(name)
	}
	return problem(codeName, keys, name, "is not a valid name there", mend)
}
