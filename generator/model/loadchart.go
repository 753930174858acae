package model

import (
	"bytes"
	"encoding/json"
	"maps"
)

// chart merges the catalogue below the user's chart. It returns nil when an
// entry could not be had.
func (l *loader) chart(name string, raw json.RawMessage) (*Chart, error) {
	if bytes.Contains(raw, []byte(`"from"`)) {
		var value map[string]any
		if err := decodeAny(raw, &value); err != nil {
			return nil, err
		}
		value, err := l.merge(value, ChartEntry, Path{"charts", name}, name, nil)
		if err != nil || value == nil {
			return nil, err
		}
		if raw, err = json.Marshal(value); err != nil {
			return nil, err
		}
	}
	c := &Chart{}
	if err := l.decode(raw, Path{"charts", name}, c); err != nil {
		return nil, err
	}
	c.settle(name)
	return c, nil
}

// settle drops what is off, and gives the chart the defaults that its schema promises.
func (c *Chart) settle(name string) {
	or(&c.Release, name)
	or(&c.CRDs, "replace")
	maps.DeleteFunc(c.Expose, func(_ string, e *Expose) bool { return e.Off != "" })
	maps.DeleteFunc(c.Footprint, func(_ string, f *Footprint) bool { return f.Off != "" })
	for _, s := range c.Services {
		or(&s.Service, c.Release)
		if s.Target == 0 {
			s.Target = s.Port
		}
	}
}

// overlayValues lays one set of Helm values over another as Helm does: maps by
// key, all else replaced. A key called off is one like any other there.
func overlayValues(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	if out == nil {
		out = map[string]any{}
	}
	for key, value := range over {
		top, isMap := value.(map[string]any)
		below, wasMap := out[key].(map[string]any)
		if isMap && wasMap {
			value = overlayValues(below, top)
		}
		out[key] = value
	}
	return out
}
