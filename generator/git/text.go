package git

import "bytes"

// Text returns content as git stores it where it converts line ends (text=auto,
// core.autocrlf): with LF, unless git would take the file for binary. So a checkout
// with CRLF and one with LF give the same bytes, and no others are touched.
func Text(b []byte) []byte {
	if !bytes.Contains(b, []byte("\r\n")) || isBinary(b) {
		return b
	}
	return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
}

// isBinary is git's convert_is_binary (convert.c): a NUL, a CR that ends no line, or
// more than one control character in 128 others.
func isBinary(b []byte) bool {
	printable, control := 0, 0
	for i, c := range b {
		switch {
		case c == 0:
			return true
		case c == '\r':
			if i+1 == len(b) || b[i+1] != '\n' {
				return true
			}
		case c == '\n':
		case c == '\b', c == '\t', c == '\f', c == 0x1b:
			printable++
		case c == 0x1a && i == len(b)-1: // the end of a file on DOS
		case c < ' ', c == 0x7f:
			control++
		default:
			printable++
		}
	}
	return printable>>7 < control
}
