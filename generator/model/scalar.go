package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Scalar is a string, number or boolean of CUE, as the text that an
// environment variable holds: numbers keep their digits.
type Scalar string

// UnmarshalJSON takes a JSON string, number or boolean.
func (s *Scalar) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && b[0] == '"' {
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		*s = Scalar(text)
		return nil
	}
	if len(b) > 0 && (b[0] == '{' || b[0] == '[') || string(b) == "null" {
		return fmt.Errorf("%s is neither a string, a number nor a boolean", b)
	}
	*s = Scalar(b)
	return nil
}

// Duration is a time as Go writes it; zero means not said.
type Duration time.Duration

// UnmarshalJSON takes a JSON string such as "1h30m".
func (d *Duration) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	parsed, err := time.ParseDuration(text)
	*d = Duration(parsed)
	return err
}

// Or returns the duration, or the given one when it is not said.
func (d Duration) Or(otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return time.Duration(d)
}
