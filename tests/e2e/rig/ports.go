package rig

import "net"

// reserved are ports of loopback that nobody else gets until they are released,
// right before the program that is to listen there starts.
type reserved []net.Listener

func reserve(n int) (reserved, error) {
	var out reserved
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			out.release()
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func (r reserved) number(i int) int { return r[i].Addr().(*net.TCPAddr).Port }

// release frees the ports with these indexes, or all. One that is free already
// stays so.
func (r reserved) release(indexes ...int) {
	if len(indexes) == 0 {
		for i := range r {
			indexes = append(indexes, i)
		}
	}
	for _, i := range indexes {
		_ = r[i].Close()
	}
}
