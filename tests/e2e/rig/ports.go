package rig

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
)

// reserved are ports of loopback that nobody else gets until they are released, right
// before the program that is to listen there starts. Nobody is likely to get them then
// either: they are below those that Linux gives to connections, and no rig of this
// process is given one twice.
type reserved []net.Listener

// Ports below 32768 are not given to connections, unless somebody changed
// net.ipv4.ip_local_port_range; those of known services are below 20000, mostly.
const firstPort, endPort = 20000, 32768

var given = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

func reserve(n int) (reserved, error) {
	var out reserved
	given.Lock()
	defer given.Unlock()
	for len(out) < n {
		if len(given.ports) > (endPort-firstPort)/2 {
			out.release()
			return nil, fmt.Errorf("reserve %d ports of loopback: too many are taken", n)
		}
		port := firstPort + rand.IntN(endPort-firstPort)
		if given.ports[port] {
			continue
		}
		given.ports[port] = true
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
		case err != nil:
			out.release()
			return nil, err
		default:
			out = append(out, l)
		}
	}
	return out, nil
}

// Given reports whether a port is one that rigs were given.
func Given(port uint16) bool {
	given.Lock()
	defer given.Unlock()
	return given.ports[int(port)]
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
