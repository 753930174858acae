package main

import "net"

// listener stands in for the network, and counts who connects.
type listener struct {
	net.Listener
	accepted chan string // the callers' addresses
}

type listenerKey struct{}

func listen() (*listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	counting := &listener{l, make(chan string)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			counting.accepted <- c.RemoteAddr().String()
			_ = c.Close() // what it wants does not matter
		}
	}()
	return counting, nil
}

// connections is the number of connections since the last call. Connections
// are accepted in order, so what comes before its own has been made before.
func (l *listener) connections() int {
	own, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return -1
	}
	defer func() { _ = own.Close() }()
	for n := 0; ; n++ {
		if <-l.accepted == own.LocalAddr().String() {
			return n
		}
	}
}
