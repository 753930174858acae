package report_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/xeipuuv/gojsonschema"

	"stillsuit.dev/finding"
)

type artifact struct{ URI string }

// readSARIF holds a log against OASIS's schema and what GitHub wants besides: a place
// and a text for each result, and no link in it.
func readSARIF(s *gojsonschema.Schema, text string) ([]seen, error) {
	if err := valid(s, text); err != nil {
		return nil, err
	}
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level       string
				RuleIndex           int
				Message             struct{ Text string }
				PartialFingerprints map[string]string
				RelatedLocations    []struct {
					PhysicalLocation struct{ ArtifactLocation artifact }
					Message          struct{ Text string }
				}
				Fixes []struct {
					ArtifactChanges []struct{ ArtifactLocation artifact }
				}
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation artifact
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		return nil, err
	}
	var out []seen
	prints := map[string]bool{}
	for _, r := range log.Runs[0].Results {
		rules := log.Runs[0].Tool.Driver.Rules
		if len(r.Locations) != 1 || r.RuleIndex < 0 || r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID {
			return nil, fmt.Errorf("a result has %d locations and rule %d of %d", len(r.Locations), r.RuleIndex, len(rules))
		}
		at := r.Locations[0].PhysicalLocation
		file, err := url.Parse(at.ArtifactLocation.URI)
		if err != nil || file.IsAbs() || file.Host != "" || file.RawQuery != "" || file.Fragment != "" {
			return nil, fmt.Errorf("%s is no file: %w", at.ArtifactLocation.URI, err)
		}
		var others []artifact
		for _, l := range r.RelatedLocations {
			others = append(others, l.PhysicalLocation.ArtifactLocation)
			if strings.Contains(l.Message.Text, "](") {
				return nil, fmt.Errorf("a link in %s", l.Message.Text)
			}
		}
		for _, f := range r.Fixes {
			for _, c := range f.ArtifactChanges {
				others = append(others, c.ArtifactLocation)
			}
		}
		for _, a := range others {
			if other, err := url.Parse(a.URI); err != nil || other.IsAbs() || other.Host != "" || other.RawQuery != "" || other.Fragment != "" || strings.Contains(a.URI, " ") {
				return nil, fmt.Errorf("%s is no file: %w", a.URI, err)
			}
		}
		fingerprint := r.PartialFingerprints["stillsuit/v1"]
		if fingerprint == "" || prints[fingerprint] {
			return nil, fmt.Errorf("fingerprint %q is another's", fingerprint)
		}
		if r.PartialFingerprints["primaryLocationLineHash"] != fingerprint {
			return nil, fmt.Errorf("GitHub would go by another fingerprint than %q", fingerprint)
		}
		prints[fingerprint] = true
		if strings.Contains(r.Message.Text, "](") {
			return nil, fmt.Errorf("a link in %s", r.Message.Text)
		}
		place := finding.Place{Line: at.Region.StartLine, Column: at.Region.StartColumn}
		out = append(out, seen{r.Level, r.RuleID, strings.Replace(strings.TrimPrefix(file.Path, "./"), "/.//", "//", 1), strings.TrimPrefix(place.String(), ":"), r.Message.Text})
	}
	return out, nil
}
