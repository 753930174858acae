package manifest

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Marshal writes v as canonical YAML: block style, two spaces, keys sorted but
// for apiVersion, kind and metadata, which lead; strings plain when no YAML
// reader could take them for something else, else double-quoted, else a literal
// block when they have lines. Fields are named, left out and inlined as
// encoding/json does it, with one difference: a struct that is zero and tagged
// omitempty is left out, as omitzero would (status, creationTimestamp). Only an
// empty label selector stays: it selects everything.
//
// It reads Go values directly because encoding is most of what rendering costs:
// going through JSON, as sigs.k8s.io/yaml does, takes several times as long
// (docs/performance.md).
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	err := marshalTo(&b, v)
	return b.Bytes(), err
}

// marshalTo appends v to b, which is empty or ends with a line.
func marshalTo(b *bytes.Buffer, v any) error {
	e := encoder{Buffer: b, start: b.Len()}
	if err := e.value(reflect.ValueOf(v), 0, false); err != nil {
		return err
	}
	e.WriteByte('\n')
	return nil
}

// maxKey is what a YAML reader takes as a key on one line: 1024 characters,
// less room for a colon (YAML 1.2, section 7.4.3).
const maxKey = 1000

type encoder struct {
	*bytes.Buffer
	start int // of the value in the buffer
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
	jsonNumber    = reflect.TypeFor[json.Number]()
)

// value writes v behind a key or a dash. A map or list in a list (item) starts
// on the dash's own line.
func (e *encoder) value(v reflect.Value, indent int, item bool) error {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		if v.IsNil() {
			return e.null()
		}
		if v.Kind() == reflect.Pointer && formOf(v.Type()) == byMarshaler {
			return e.marshaler(v.Interface().(json.Marshaler), indent, item)
		}
		v = v.Elem()
	}
	if !v.IsValid() {
		return e.null()
	}
	t := v.Type()
	switch formOf(t) {
	case byNumber:
		e.space()
		e.WriteString(v.String())
		return nil
	case byMarshaler:
		return e.marshaler(v.Interface().(json.Marshaler), indent, item)
	case byPointerJSON:
		p := reflect.New(t)
		p.Elem().Set(v)
		return e.marshaler(p.Interface().(json.Marshaler), indent, item)
	case byText:
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		e.scalar(string(text), indent)
		return err
	}
	switch v.Kind() {
	case reflect.String:
		e.scalar(v.String(), indent)
	case reflect.Bool:
		e.space()
		e.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.space()
		e.Write(strconv.AppendInt(e.AvailableBuffer(), v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		e.space()
		e.Write(strconv.AppendUint(e.AvailableBuffer(), v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		return e.marshaler(number(v.Float()), indent, item)
	case reflect.Slice, reflect.Array:
		return e.list(v, indent, item)
	case reflect.Map:
		return e.mapping(v, indent, item)
	case reflect.Struct:
		return e.structure(v, indent, item)
	default:
		return fmt.Errorf("a %s has no YAML form", t)
	}
	return nil
}

// number writes a float as JSON does.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) { return json.Marshal(float64(n)) }

func (e *encoder) marshaler(m json.Marshaler, indent int, item bool) error {
	b, err := m.MarshalJSON()
	if err != nil {
		return err
	}
	if len(b) > 0 && b[0] != '"' && b[0] != '{' && b[0] != '[' { // a number, a boolean or null
		e.space()
		e.Write(b)
		return nil
	}
	if len(b) > 1 && b[0] == '"' && bytes.IndexByte(b, '\\') < 0 { // a quantity, a duration: what it is between its quotes
		e.scalar(string(b[1:len(b)-1]), indent)
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return err
	}
	return e.value(reflect.ValueOf(plain), indent, item)
}

func (e *encoder) list(v reflect.Value, indent int, item bool) error {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return e.marshaler(base64Bytes(v.Bytes()), indent, item)
	}
	if v.Len() == 0 {
		e.WriteString(" []")
		return nil
	}
	for i := range v.Len() {
		if item && i == 0 {
			e.space()
		} else {
			e.line(indent)
		}
		e.WriteByte('-')
		if err := e.value(v.Index(i), indent+2, true); err != nil {
			return err
		}
	}
	return nil
}

// base64Bytes writes bytes as JSON does.
type base64Bytes []byte

// MarshalJSON implements json.Marshaler.
func (b base64Bytes) MarshalJSON() ([]byte, error) { return json.Marshal([]byte(b)) }

func (e *encoder) mapping(v reflect.Value, indent int, item bool) error {
	if v.Len() == 0 {
		e.WriteString(" {}")
		return nil
	}
	if v.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("a %s has no YAML form", v.Type())
	}
	type pair struct {
		key   string
		value reflect.Value
	}
	pairs := make([]pair, 0, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		pairs = append(pairs, pair{iter.Key().String(), iter.Value()})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return compareKeys(a.key, b.key) })
	for i, p := range pairs {
		if err := e.entry(p.key, p.value, indent, item && i == 0); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) structure(v reflect.Value, indent int, item bool) error {
	empty := true
	for _, f := range fieldsOf(v.Type()) {
		field, ok := f.of(v)
		if !ok {
			continue
		}
		if err := e.entry(f.name, field, indent, item && empty); err != nil {
			return err
		}
		empty = false
	}
	if empty {
		e.WriteString(" {}")
	}
	return nil
}

// entry writes key and value on a line of their own, or behind the dash.
func (e *encoder) entry(key string, v reflect.Value, indent int, behindDash bool) error {
	if behindDash {
		e.space()
	} else {
		e.line(indent)
	}
	quoted := quoteScalar(key)
	if len(quoted) > maxKey {
		return fmt.Errorf("a key of %d bytes is too long for YAML: %.40s…", len(key), quoted)
	}
	e.WriteString(quoted)
	e.WriteByte(':')
	below := indent + 2
	for u := v; ; u = u.Elem() { // lists stand at their key's own indent
		if u.Kind() == reflect.Slice || u.Kind() == reflect.Array {
			below = indent
		}
		if (u.Kind() != reflect.Interface && u.Kind() != reflect.Pointer) || u.IsNil() {
			break
		}
	}
	return e.value(v, below, false)
}

func (e *encoder) null() error {
	e.WriteString(" null")
	return nil
}

func (e *encoder) space() { e.WriteByte(' ') }

// line begins a line; what is written first stands on the one that is there.
func (e *encoder) line(indent int) {
	if e.Len() > e.start {
		e.WriteByte('\n')
	}
	const spaces = "                                "
	for ; indent > len(spaces); indent -= len(spaces) {
		e.WriteString(spaces)
	}
	e.WriteString(spaces[:indent])
}

// scalar writes a string behind a key or a dash.
func (e *encoder) scalar(s string, indent int) {
	if !literal(s) {
		e.space()
		e.WriteString(quoteScalar(s))
		return
	}
	e.WriteString(" |")
	body := strings.TrimRight(s, "\n")
	switch len(s) - len(body) {
	case 0:
		e.WriteByte('-')
	case 1:
	default:
		e.WriteByte('+')
	}
	for line := range strings.SplitSeq(body, "\n") {
		if line == "" {
			e.WriteByte('\n')
			continue
		}
		e.line(indent)
		e.WriteString(line)
	}
	for range len(s) - len(body) - 1 {
		e.WriteByte('\n')
	}
}
