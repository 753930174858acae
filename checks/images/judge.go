package images

import (
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/inventory"
)

const codeUnlocked finding.Code = "images/unlocked"

// always is a day on which every suppression holds: what is rendered does not depend on the
// day, and `stillsuit check` reports those that ended.
const always = "0001-01-01"

// Unlocked reports whether a finding is of an image that is not locked: what is rendered of
// it is whole, but for the digest.
func Unlocked(f finding.Finding) bool { return f.Code == codeUnlocked }

// Judge reports images that lose the digest that another tag of them is locked with, and
// that nobody accepted.
func Judge(s *inventory.Subject) ([]finding.Finding, error) {
	judged := *s
	judged.Nodes, judged.BaseLock = nil, nil
	docs := slices.DeleteFunc(codes(), func(d finding.CodeDoc) bool { return d.Code != codeUnlocked })
	found, err := checks.Run(&judged, []*checks.Checker{{Name: "images", Doc: checks.Doc(doc), Codes: docs, Run: runUnlocked}},
		&checks.Options{Today: always, Only: []finding.Code{codeUnlocked}})
	return slices.DeleteFunc(found, func(f finding.Finding) bool { return f.Severity != finding.Error }), err
}

func runUnlocked(pass *checks.Pass) error {
	c := &check{Pass: pass, told: map[string]bool{}}
	pods, err := pass.PodTemplates()
	if err != nil {
		return err
	}
	for _, pod := range pods {
		for _, container := range pod.Containers() {
			ref, err := image.Parse(container.Image)
			if err != nil {
				continue // the check says so
			}
			if _, locked := c.Lock.Of(ref); !locked {
				c.unlocked(container.Spot.Join("image"), use{Reference: ref, container: container, pod: pod})
			}
		}
	}
	return nil
}
