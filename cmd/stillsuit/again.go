package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"
	"time"

	"stillsuit.dev/crash"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies/library"
)

// order is passed from a stillsuit process to the one that replaces it, or that it starts,
// because an evaluation cannot be stopped in any other way.
type order struct {
	// Process is the ID of the process that gave the order. An order from another process is
	// ignored.
	Process int
	// Careful says that clusters are evaluated one after another, and each in a process of
	// its own before.
	Careful bool
	// Known are clusters that ran away.
	Known []known
	// Rehearsal, when set, is the only work of the process.
	Rehearsal *rehearsal
}

type known struct {
	Dir     string // of the repository
	Runaway generator.Runaway
}

// orderVariable is the environment variable that holds an order.
const orderVariable = "STILLSUIT_ORDER"

// received takes the order out of the environment. It ignores an order that neither this
// process, before it replaced itself, nor its parent gave.
func received() order {
	var o order
	text := os.Getenv(orderVariable)
	_ = os.Unsetenv(orderVariable)
	if json.Unmarshal([]byte(text), &o) != nil || o.Process != os.Getpid() && (o.Process != os.Getppid() || o.Rehearsal == nil) {
		return order{}
	}
	return o
}

// environment is that of a process which gets the order.
func (o order) environment() ([]string, error) {
	o.Process = os.Getpid()
	text, err := json.Marshal(o)
	return append(os.Environ(), orderVariable+"="+string(text)), err
}

// after is the order, or nil when the process that got another one would do the same
// again: each process in a row is careful for the first time, or knows one runaway more.
func (o order) after(last order) *order {
	if o.Careful == last.Careful && len(o.Known) <= len(last.Known) {
		return nil
	}
	return &o
}

// replace starts the program anew in place of this process. It returns only when that is
// not possible; then everything goes on as it is.
func (o *order) replace() {
	if o == nil {
		return
	}
	program, err := os.Executable()
	if err != nil {
		return
	}
	if env, err := o.environment(); err == nil {
		_ = syscall.Exec(program, os.Args, env) //nolint:gosec // the program itself
	}
}

// rehearsal is an evaluation in a process of its own.
type rehearsal struct {
	Dir, Cluster string
	Parts        generator.Parts
	Suppose      generator.Supposition
	CPU          time.Duration
	Memory       int64
}

// ownMemory is what the program itself takes: most of it are its mapped instructions.
const ownMemory = 96 << 20

// kill ends a process that holds more memory than most, unless it has ended. Its own runtime
// does not look while one operation fills memory. Where there is no /proc (macOS) only the
// process itself looks.
func kill(p *os.Process, most int64, ended <-chan struct{}) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		var size, resident int64 // in pages: proc_pid_statm(5)
		statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.Pid))
		if err != nil {
			return
		}
		if n, _ := fmt.Sscan(string(statm), &size, &resident); n == 2 && resident*int64(os.Getpagesize()) > most {
			_ = p.Kill() // or it has just ended
			return
		}
	}
}

// rehearsed is what a rehearsal prints. One that prints nothing died.
type rehearsed struct{ Runaways []generator.Runaway }

// start rehearses, and returns the runaway, if there is one.
func (r rehearsal) start(ctx context.Context) *generator.Runaway {
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	child := exec.CommandContext(ctx, program) //nolint:gosec // the program itself
	child.Args = os.Args[:1]
	if child.Env, err = (order{Rehearsal: &r}).environment(); err != nil {
		return nil
	}
	var out bytes.Buffer
	child.Stdout = &out
	if err := child.Start(); err != nil {
		return nil
	}
	ended := make(chan struct{})
	var watching crash.Group
	watching.Go(func() { kill(child.Process, r.Memory+r.Memory/4+ownMemory, ended) })
	_ = child.Wait() // how it ended does not matter when it said nothing
	close(ended)
	watching.Wait()
	var said rehearsed
	switch err := json.Unmarshal(out.Bytes(), &said); {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return &generator.Runaway{}
	case len(said.Runaways) > 0:
		return &said.Runaways[0]
	}
	return nil
}

// carryOut evaluates what is asked for, and returns the exit code.
func (r *rehearsal) carryOut() int {
	debug.SetMemoryLimit(r.Memory) // collect before it is spent
	say := func(runaways []generator.Runaway) {
		_ = json.NewEncoder(os.Stdout).Encode(rehearsed{runaways}) // a parent that reads nothing takes this process for dead
	}
	repo, err := generator.Open(r.Dir, &generator.Options{Suppose: r.Suppose, Library: library.FS, Budget: generator.Budget{
		CPU: r.CPU, Memory: r.Memory,
		Exhausted: func(at generator.Runaway) {
			say([]generator.Runaway{at})
			os.Exit(exitFindings)
		},
	}})
	if err != nil {
		say(nil) // the parent meets the same error
		return exitFailure
	}
	repo.Rehearse(context.Background(), r.Cluster, r.Parts)
	say(repo.Runaways())
	return exitClean
}
