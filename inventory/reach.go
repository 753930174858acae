package inventory

import (
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// InReach is where the user can change a value: the spot itself, or what brought the
// compiled-in catalogue entry that the value stands in. That entry is then a related place.
func (s *Subject) InReach(at Spot) (Spot, []finding.Related) {
	if s.Source == nil || s.Cluster == nil || at.Object == nil || len(at.Object.Origin) < 2 {
		return at, nil
	}
	place, _ := s.Places.Locate(at)
	if place.File == "" || s.Source(place.File) != nil {
		return at, nil
	}
	path := model.Path(at.Object.Origin).Join(at.Path...)
	for n := len(path); n >= 2; n-- {
		from := Spot{Entry: path[:2], Path: path[2:n].Join("from")}
		if here, _ := s.Places.Locate(from); s.Source(here.File) != nil {
			return from, []finding.Related{{Place: place, What: "written here by the catalogue"}}
		}
	}
	return at, nil
}
