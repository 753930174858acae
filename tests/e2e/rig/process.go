package rig

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v4/net"
)

// processes are the programs of a rig, each with its log. They end with the
// rig, and on Linux with the test binary too, however that ends.
type processes struct {
	dir    string // of the logs
	cancel context.CancelCauseFunc
	starts chan func()

	mu      sync.Mutex
	running []*process
	closing bool
}

type process struct {
	name  string
	cmd   *exec.Cmd
	ended chan struct{}
}

func newProcesses(dir string, cancel context.CancelCauseFunc) *processes {
	p := &processes{dir: dir, cancel: cancel, starts: make(chan func())}
	go func() {
		// The kernel ends a child with the thread that started it.
		runtime.LockOSThread()
		for start := range p.starts {
			start()
		}
	}()
	return p
}

// start runs a program until the rig ends. One that ends by itself takes the
// rig down, with the last lines of its log as the cause.
func (p *processes) start(name, binary string, env []string, args ...string) error {
	log, err := os.Create(filepath.Join(p.dir, name+".log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the program has its own
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = endWithParent()
	started := make(chan error)
	p.starts <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	one := &process{name: name, cmd: cmd, ended: make(chan struct{})}
	p.mu.Lock()
	p.running = append(p.running, one)
	p.mu.Unlock()
	go func() {
		err := cmd.Wait()
		p.mu.Lock()
		closing := p.closing
		p.mu.Unlock()
		if !closing {
			p.cancel(fmt.Errorf("%s ended: %w; the end of %s:\n%s", name, endOf(err), log.Name(), tail(log.Name(), 15)))
		}
		close(one.ended)
	}()
	return nil
}

// close says that programs are to end from now on.
func (p *processes) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = true
}

// stop ends every program, the last one first.
func (p *processes) stop() error {
	p.mu.Lock()
	running := p.running
	p.running = nil
	p.mu.Unlock()
	var errs []error
	for i := len(running) - 1; i >= 0; i-- {
		one := running[i]
		_ = one.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-one.ended:
		case <-time.After(10 * time.Second):
			errs = append(errs, one.cmd.Process.Kill())
			<-one.ended
		}
	}
	close(p.starts)
	return errors.Join(errs...)
}

// Listening returns the addresses at which the programs of the rig listen, and each
// one's name.
func (r *Rig) Listening() (map[netip.AddrPort]string, error) {
	r.processes.mu.Lock()
	running := slices.Clone(r.processes.running)
	r.processes.mu.Unlock()
	out := map[netip.AddrPort]string{}
	for _, one := range running {
		sockets, err := net.ConnectionsPid("tcp", int32(one.cmd.Process.Pid))
		if err != nil {
			return nil, fmt.Errorf("ask where %s listens: %w", one.name, err)
		}
		for _, s := range sockets {
			if s.Status != "LISTEN" {
				continue
			}
			address, err := netip.ParseAddr(s.Laddr.IP)
			if err != nil {
				return nil, fmt.Errorf("ask where %s listens: %w", one.name, err)
			}
			out[netip.AddrPortFrom(address.Unmap(), uint16(s.Laddr.Port))] = one.name
		}
	}
	return out, nil
}

// endOf is how a program ended.
func endOf(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// tail returns the last n lines of a file.
func tail(name string, n int) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
