package model

import (
	"fmt"
	"net/netip"
	"strings"
)

// Range reads a pool: first-last, or a range such as 192.168.1.240/28. It returns
// the first and the last address.
func Range(text string) (netip.Addr, netip.Addr, error) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked().Addr(), lastOf(prefix), nil
	}
	from, to, _ := strings.Cut(text, "-")
	first, err := netip.ParseAddr(strings.TrimSpace(from))
	if err != nil {
		return first, first, err
	}
	last, err := netip.ParseAddr(strings.TrimSpace(to))
	switch {
	case err != nil:
	case first.BitLen() != last.BitLen() || first.Zone()+last.Zone() != "":
		err = fmt.Errorf("nothing lies between %s and %s", first, last)
	case last.Less(first):
		err = fmt.Errorf("%s lies before %s", last, first)
	}
	return first, last, err
}

func lastOf(prefix netip.Prefix) netip.Addr {
	last := prefix.Addr().AsSlice()
	for bit := prefix.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	out, _ := netip.AddrFromSlice(last) // it has the length of an address
	return out
}

// prefixes are the fewest ranges that hold the addresses from first to last, and no
// other. Both are of one family.
func prefixes(first, last netip.Addr) []netip.Prefix {
	var out []netip.Prefix
	for first.IsValid() && first.Compare(last) <= 0 {
		bits := first.BitLen()
		for bits > 0 { // the widest that starts here and does not reach too far
			wider := netip.PrefixFrom(first, bits-1)
			if wider.Masked().Addr() != first || lastOf(wider).Compare(last) > 0 {
				break
			}
			bits--
		}
		prefix := netip.PrefixFrom(first, bits)
		out = append(out, prefix)
		first = lastOf(prefix).Next() // not valid behind the last address there is
	}
	return out
}
