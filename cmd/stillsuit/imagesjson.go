package main

import (
	"encoding/json"
	"io"
	"slices"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/generator/lock"
)

// jsonImages is what schemas/images.schema.json describes.
type jsonImages struct {
	Version int         `json:"version"`
	Images  []jsonImage `json:"images"`
}

type jsonImage struct {
	Image      string         `json:"image"`
	Digest     string         `json:"digest,omitempty"`
	Provenance string         `json:"provenance,omitempty"`
	Seen       string         `json:"seen,omitempty"`
	Platforms  []jsonPlatform `json:"platforms"`
	Uses       []jsonUse      `json:"uses"`
}

type jsonPlatform struct {
	Platform string  `json:"platform"`
	Size     *int64  `json:"size,omitempty"`
	User     *string `json:"user,omitempty"`
}

type jsonUse struct {
	Cluster string   `json:"cluster"`
	By      string   `json:"by"`
	File    string   `json:"file,omitempty"`
	Line    int      `json:"line,omitempty"`
	Column  int      `json:"column,omitempty"`
	Nodes   []string `json:"nodes"`
}

// listJSON writes the images as JSON. What the lock does not know is left out.
func listJSON(out io.Writer, refs []string, found *used, locked *lock.Lock) error {
	list := jsonImages{Version: 1, Images: []jsonImage{}}
	for _, ref := range refs {
		known := locked.Images[ref]
		image := jsonImage{
			Image: ref, Digest: known.Digest, Provenance: string(known.Provenance), Seen: known.Seen,
			Platforms: []jsonPlatform{}, Uses: []jsonUse{},
		}
		for _, p := range known.Platforms {
			platform := jsonPlatform{Platform: p}
			if size, ok := known.Size(p); ok {
				platform.Size = &size
			}
			if user, ok := known.User(p); ok {
				platform.User = &user
			}
			image.Platforms = append(image.Platforms, platform)
		}
		for _, u := range found.uses {
			if u.Ref == ref {
				image.Uses = append(image.Uses, use(u))
			}
		}
		list.Images = append(list.Images, image)
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

func use(u locking.Use) jsonUse {
	return jsonUse{u.Cluster, u.By, u.Place.File, u.Place.Line, u.Place.Column, slices.Concat([]string{}, u.Nodes)}
}
