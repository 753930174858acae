package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// MissingError is the registry's own word that it does not have an image: 404,
// with a code that says so. Nothing else is taken for it.
type MissingError struct {
	Ref  string
	Code string // MANIFEST_UNKNOWN, NAME_UNKNOWN or NOT_FOUND
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s is not there: the registry answers 404 %s", e.Ref, e.Code)
}

// UnfitError says that what the registry has is no image that can be locked.
type UnfitError struct {
	Ref    string
	Reason string // "it is a chart", after the reference
}

func (e *UnfitError) Error() string { return e.Ref + ": " + e.Reason }

// UnansweredError says that an answer could not be had, so that nothing is known
// of the image.
type UnansweredError struct {
	Ref    string
	Reason string // printable, one line
	err    error
}

func (e *UnansweredError) Error() string { return e.Ref + ": " + e.Reason }
func (e *UnansweredError) Unwrap() error { return e.err }

// tokenError is a failure to get a token, which says nothing about the image.
type tokenError struct{ error }

func (e *tokenError) Unwrap() error { return e.error }

// missing are the codes of a 404 that are about the image: of the distribution
// specification, and NOT_FOUND of Harbor.
func missing() []string { return []string{"MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"} }

// answered reports whether an error is about the registry's answer, for good or
// ill, and not a failure to get one, which would only fail again.
func answered(err error) bool {
	var said *transport.Error
	if errors.As(err, &said) {
		return !busy(said.StatusCode)
	}
	var failed *url.Error
	return !errors.As(err, &failed)
}

// tell says in plain words what came of asking for ref. What the registry wrote
// is not repeated, but for its code: it may hold anything.
func tell(ref string, err error) error {
	var unfit *UnfitError
	var token *tokenError
	var said *transport.Error
	if errors.As(err, &unfit) {
		return &UnfitError{Ref: ref, Reason: printable(unfit.Reason)}
	}
	if errors.As(err, &said) && !errors.As(err, &token) && said.StatusCode == http.StatusNotFound &&
		said.Request != nil && strings.Contains(said.Request.URL.Path, "/manifests/") {
		if code := codeOf(said); slices.Contains(missing(), code) {
			return &MissingError{Ref: ref, Code: code}
		}
	}
	return &UnansweredError{Ref: ref, Reason: printable(reason(ref, err)), err: err}
}

func reason(ref string, err error) string {
	var said *transport.Error
	var address *addressError
	var dns *net.DNSError
	var token *tokenError
	var sent *url.Error
	who := "the registry"
	if errors.As(err, &token) {
		who = "its token server"
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "it was not waited for"
	case errors.As(err, &said):
		return who + " answers " + status(said)
	case errors.As(err, &address):
		if host := hostOf(ref); canonical("https", host) == strings.ToLower(address.host) || canonical("http", host) == strings.ToLower(address.host) {
			return fmt.Sprintf("%s (a registry of your own is allowed with --allow-private %s)", address, host)
		}
		return fmt.Sprintf("refused: %s", address)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name of %s cannot be resolved", dns.Name)
	case errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Sprintf("the registry does not speak TLS (one of your own is allowed with --allow-private http://%s)", hostOf(ref))
	case errors.Is(err, errRefused), errors.Is(err, errAnswer):
		for errors.As(err, &sent) {
			err = sent.Err
		}
		return err.Error()
	case errors.As(err, &token):
		return who + " gives no token that can be used"
	case errors.As(err, &sent):
		return "the registry does not answer: " + sent.Err.Error()
	}
	return err.Error()
}

// status is the answer in numbers, and the registry's code for it.
func status(e *transport.Error) string {
	text := fmt.Sprint(e.StatusCode)
	if code := codeOf(e); code != "" {
		text += " " + code
	}
	switch e.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		text += ": there is no such repository, or it is not open to the credentials here"
	case http.StatusTooManyRequests:
		text += ": it wants to be asked less often"
	}
	return text
}

// codeOf is the first error code of an answer, if it looks like one.
func codeOf(e *transport.Error) string {
	for _, d := range e.Errors {
		if regexp.MustCompile(`^[A-Z][A-Z_]{2,40}$`).MatchString(string(d.Code)) {
			return string(d.Code)
		}
	}
	return ""
}

func hostOf(ref string) string {
	parsed, err := name.ParseReference(ref)
	if err != nil {
		return ref
	}
	return parsed.Context().RegistryStr()
}

// printable makes one line of what may come from a registry.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
	if runes := []rune(s); len(runes) > 300 {
		s = string(runes[:300]) + "…"
	}
	return s
}
