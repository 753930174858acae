package finding

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Hidden is what a text has in place of a value that may be a secret.
const Hidden = "(hidden)"

var (
	userinfo = regexp.MustCompile(`//[^\s/?#"'<>\x60\\]*@`)
	// login is the same without a scheme, as in an image reference.
	login = regexp.MustCompile("(^|[\\s\"'`(=])[^\\s/@:\"'`(=]+:[^\\s/@\"'`]+@([A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+(?::[0-9]+)?/)")
	// query is a parameter of a URL whose name says that its value opens something.
	query = regexp.MustCompile(`(?i)([?&;][a-z0-9_.~-]*(?:token|secret|passw|pwd|credential|api_?key|access_?key|ssh_?key|private_?key|auth|signature|sig)[a-z0-9_.~-]*=)[^\s&;#"'<>\x60\\]+`)
	// header is one that carries credentials, as requests and messages about them have it.
	header = regexp.MustCompile(`(?i)((?:authorization|x-api-key|private-token|x-auth-token)\\?["']?\s*[:=]\s*\\?["']?(?:(?:basic|bearer|token)\s+)?)[^\s"',;{}\[\]\\]+`)
	bearer = regexp.MustCompile(`\b(Bearer|Basic) [A-Za-z0-9._~+/=-]*[0-9=][A-Za-z0-9._~+/=-]*`)
)

// Mask hides what of a text opens something by its form: the name and password of a URL,
// parameters of its query such as token, and headers with credentials. git@ stays: it is
// everybody's.
func Mask(text string) string {
	if strings.Contains(text, "@") {
		text = userinfo.ReplaceAllStringFunc(text, func(found string) string {
			if found == "//git@" {
				return found
			}
			return "//" + Hidden + "@"
		})
	}
	text = login.ReplaceAllString(text, "${1}"+Hidden+"@${2}")
	if strings.Contains(text, "=") {
		text = query.ReplaceAllString(text, "${1}"+Hidden)
	}
	text = header.ReplaceAllString(text, "${1}"+Hidden)
	return bearer.ReplaceAllString(text, "${1} "+Hidden)
}

// shortest is the fewest bytes of a value that is looked for in a text as it is. A shorter
// one stands in many words, and is only hidden in quotes.
const shortest = 4

// Hide hides values in a text: as they are, quoted, in base64 and as part of a URL; of one
// with several lines also each line. Where it can be known which text holds a value, it is
// better not written at all.
func Hide(text string, values []string) string {
	if text == "" || len(values) == 0 {
		return text
	}
	var forms []string
	for _, value := range values {
		for _, part := range append(strings.Split(value, "\n"), value) {
			part = strings.TrimSpace(part)
			if len(part) < shortest {
				if part != "" {
					forms = append(forms, `"`+part+`"`, "'"+part+"'", "`"+part+"`")
				}
				continue
			}
			quoted := strconv.Quote(part)
			forms = append(forms, part, quoted[1:len(quoted)-1], url.QueryEscape(part), url.PathEscape(part), strings.Join(strings.Fields(part), " "),
				base64.StdEncoding.EncodeToString([]byte(part)), base64.RawURLEncoding.EncodeToString([]byte(part)), base64.StdEncoding.EncodeToString([]byte(value)))
		}
	}
	slices.SortFunc(forms, func(a, b string) int { // a part does not hide before the whole
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	for _, form := range slices.Compact(forms) {
		text = strings.ReplaceAll(text, form, Hidden)
	}
	return text
}

// Hide hides values in everything that the finding says. Edits whose text has one of
// them are dropped: what would be written in their place is not the fix.
func (f *Finding) Hide(values []string) {
	f.Problem, f.Detail, f.Fix = Hide(f.Problem, values), Hide(f.Detail, values), Hide(f.Fix, values)
	for i, r := range f.Related {
		if what := Hide(r.What, values); what != r.What {
			f.Related = slices.Clone(f.Related)
			f.Related[i].What = what
		}
	}
	if slices.ContainsFunc(f.Edits, func(e Edit) bool { return Hide(e.NewText, values) != e.NewText }) {
		f.Edits = nil
	}
}
