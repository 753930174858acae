package git

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Tracked returns the paths below the directory that git's index holds, relative
// to it: every file that is committed or will be with the next commit. A path with
// a slash at its end stands for all below it (a sparse index). Without git, and
// before the first `git add`, there are none.
func (c *Checkout) Tracked() ([]string, error) {
	if c.own == nil {
		return nil, c.lost
	}
	data, err := read(c.own, "index", maxIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, named(".git/index", err)
	}
	names, err := c.entries(data)
	if err != nil {
		return nil, fmt.Errorf("read .git/index: %w", err)
	}
	if c.prefix == "." {
		return names, nil
	}
	below := names[:0]
	for _, n := range names {
		if rest, ok := strings.CutPrefix(n, c.prefix+"/"); ok && rest != "" {
			below = append(below, rest)
		} else if strings.HasSuffix(n, "/") && strings.HasPrefix(c.prefix+"/", n) {
			below = append(below, "/") // the directory is in a part that is not checked out
		}
	}
	return below, nil
}

// index is a parsed index file (git's Documentation/gitformat-index).
type index struct {
	names []string // empty where an entry of the shared index is replaced
	link  []byte   // of a split index: the shared one's hash and what is deleted in it
	hash  int      // bytes of an object's name
}

// entries are the names in an index, with those of the index that it shares with
// others when it is split.
func (c *Checkout) entries(data []byte) ([]string, error) {
	i, err := parse(data)
	if err != nil || i.link == nil {
		return i.names, err
	}
	if len(i.link) < i.hash {
		return nil, errIndex
	}
	base, rest := i.link[:i.hash], i.link[i.hash:]
	own := i.names[:0]
	for _, n := range i.names {
		if n != "" {
			own = append(own, n)
		}
	}
	if len(bytes.Trim(base, "\x00")) == 0 {
		return own, nil
	}
	shared, err := read(c.own, fmt.Sprintf("sharedindex.%x", base), maxIndex)
	if err != nil {
		return nil, err
	}
	b, err := parse(shared)
	if err != nil {
		return nil, err
	}
	deleted, err := bits(rest, len(b.names))
	if err != nil {
		return nil, err
	}
	for n, name := range b.names {
		if !deleted[n] {
			own = append(own, name)
		}
	}
	return own, nil
}

var errIndex = errors.New("it is no index that stillsuit can read")

// parse reads an index of SHA-1 or of SHA-256: the file does not say which, but
// each entry says how long its name is, so that the other one cannot be read.
func parse(data []byte) (index, error) {
	i, err := parseWith(data, 20)
	if err != nil {
		i, err = parseWith(data, 32)
	}
	return i, err
}

func parseWith(data []byte, hash int) (index, error) {
	i := index{hash: hash}
	if len(data) < 12+hash || string(data[:4]) != "DIRC" {
		return i, errIndex
	}
	version, count := binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	if version < 2 || version > 4 {
		return i, fmt.Errorf("its version is %d; stillsuit reads 2 to 4", version)
	}
	body := data[:len(data)-hash] // a checksum ends the file, or zeros (index.skipHash)
	at, last := 12, ""
	for range count {
		fixed := 40 + hash // times, device, inode, mode, owner, size; the object's name
		if len(body) < at+fixed+2 {
			return i, errIndex
		}
		flags := binary.BigEndian.Uint16(body[at+fixed:])
		start := at + fixed + 2
		if flags&0x4000 != 0 { // extended
			if start += 2; version == 2 {
				return i, errIndex
			}
		}
		name, next, err := entryName(body, at, start, version, last)
		if err != nil {
			return i, err
		}
		if said := int(flags & 0xfff); said != min(len(name), 0xfff) {
			return i, errIndex
		}
		i.names = append(i.names, name)
		at, last = next, name
	}
	for len(body) >= at+8 {
		size := int(binary.BigEndian.Uint32(body[at+4:]))
		if size > len(body)-at-8 {
			return i, errIndex
		}
		if string(body[at:at+4]) == "link" {
			i.link = body[at+8 : at+8+size]
		}
		at += 8 + size
	}
	if at != len(body) {
		return i, errIndex
	}
	return i, nil
}

// entryName reads the name that starts at start, of the entry at at, and returns
// where the next entry is. In version 4 a name says how much of the last one's end
// it drops, and what it adds; before, an entry is padded to a multiple of 8.
func entryName(body []byte, at, start int, version uint32, last string) (string, int, error) {
	keep := ""
	if version == 4 {
		drop, n := offset(body[min(start, len(body)):])
		if n == 0 || drop > len(last) {
			return "", 0, errIndex
		}
		keep, start = last[:len(last)-drop], start+n
	}
	if start > len(body) {
		return "", 0, errIndex
	}
	length := bytes.IndexByte(body[start:], 0)
	if length < 0 {
		return "", 0, errIndex
	}
	name := keep + string(body[start:start+length])
	if version == 4 {
		return name, start + length + 1, nil
	}
	next := at + (start-at+length+8)&^7
	if next > len(body) {
		return "", 0, errIndex
	}
	return name, next, nil
}

// offset reads a number as git's varint.c writes it, and how many bytes it has; 0
// when it does not end.
func offset(b []byte) (value, n int) {
	for n < len(b) && n < 5 {
		if n > 0 {
			value++
		}
		value = value<<7 | int(b[n]&0x7f)
		n++
		if b[n-1] < 0x80 {
			return value, n
		}
	}
	return 0, 0
}

// bits reads the first bitmap of b, compressed as EWAH: words that say how many
// equal words follow, and how many literal ones (git's ewah/ewah_io.c).
func bits(b []byte, most int) (map[int]bool, error) {
	set := map[int]bool{}
	if len(b) < 8 {
		return nil, errIndex
	}
	words := int(binary.BigEndian.Uint32(b[4:]))
	if b = b[8:]; words > len(b)/8 {
		return nil, errIndex
	}
	at := 0
	for w := 0; w < words; {
		word := binary.BigEndian.Uint64(b[8*w:])
		run, literals := int(word>>1&0xffffffff), int(word>>33)
		w++
		for n := 0; word&1 != 0 && n < 64*run && at+n < most; n++ {
			set[at+n] = true
		}
		if at += 64 * run; at > most+64 || literals > words-w {
			return nil, errIndex
		}
		for range literals {
			literal := binary.BigEndian.Uint64(b[8*w:])
			for n := range 64 {
				if literal>>n&1 != 0 {
					set[at+n] = true
				}
			}
			at, w = at+64, w+1
		}
	}
	return set, nil
}
