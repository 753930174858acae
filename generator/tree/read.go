package tree

import (
	"errors"
	"io"
	"slices"
)

// sniff is how many bytes of a file are read to see whether it bears a seal.
const sniff = 8 << 10

// readAll reads r into buf, which grows where it must. With sealedOnly it ends
// after the first sniff bytes when they bear no seal, so that a large file that
// is not ours costs nothing.
func readAll(r io.Reader, buf []byte, size int64, sealedOnly bool) ([]byte, error) {
	first := int64(sniff)
	if !sealedOnly {
		first = 1 << 20
	}
	buf = slices.Grow(buf, int(min(size+1, first)))
	told := !sealedOnly
	for {
		if !told && len(buf) >= sniff {
			if !marked(buf) {
				return buf, nil
			}
			told = true
		}
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, len(buf)+1)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, err
		}
	}
}
