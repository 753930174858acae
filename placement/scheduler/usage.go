package scheduler

import (
	"slices"
	"strings"

	"stillsuit.dev/generator/quantities"
)

// load is what the pods of a node ask for together.
type load struct {
	cpu, memory, disk, pods int64
	runsCPU, runsMemory     int64
	balance                 int64 // of what is used now, 0 to 100
}

// add counts a pod, or with a sign of -1 takes it away. kube-scheduler's sums wrap where
// these stop, which is beyond what any node has.
func (l *load) add(d *demand, sign int64) {
	l.cpu = quantities.Sum(l.cpu, sign*d.cpu)
	l.memory = quantities.Sum(l.memory, sign*d.memory)
	l.disk = quantities.Sum(l.disk, sign*d.disk)
	l.pods += sign
	l.runsCPU = quantities.Sum(l.runsCPU, sign*d.runsCPU)
	l.runsMemory = quantities.Sum(l.runsMemory, sign*d.runsMemory)
}

// usage is what the pods of each node use of it.
type usage struct {
	s        *Scheduler
	loads    []load
	extended []int64 // resource × node
}

func (s *Scheduler) unused() usage {
	u := usage{s: s, loads: make([]load, len(s.nodes)), extended: make([]int64, len(s.extended.room))}
	for i := range u.loads {
		u.balance(i)
	}
	return u
}

func (u *usage) copy(from *usage) {
	u.loads = append(u.loads[:0], from.loads...)
	u.extended = append(u.extended[:0], from.extended...)
}

// change adds what a number of like pods use to a node, or takes it away.
func (u *usage) change(d *demand, node int, sign int64) {
	u.loads[node].add(d, sign)
	u.balance(node)
	for _, a := range d.scalars {
		used := &u.extended[a.id*len(u.s.nodes)+node]
		*used = quantities.Sum(*used, sign*a.n)
	}
}

// free is the memory of a node that is not asked for, in bytes.
func (u *usage) free(node int) int64 { return u.s.room[node].memory - u.loads[node].memory }

// resources judges NodeResourcesFit on a node.
func (u *usage) resources(d *demand, node int) verdict {
	r, l := &u.s.room[node], &u.loads[node]
	out := fits
	if l.pods+1 > r.pods {
		out = full
	}
	if d.cpu > r.cpu || d.memory > r.memory || d.disk > r.disk || len(d.lacking) > 0 {
		// A request of zero fits everywhere; capacities are never below zero.
		return tooSmall
	}
	if d.cpu > 0 && d.cpu > r.cpu-l.cpu || d.memory > 0 && d.memory > r.memory-l.memory || d.disk > 0 && d.disk > r.disk-l.disk {
		out = full
	}
	n := len(u.s.nodes)
	for _, a := range d.scalars {
		at := a.id*n + node
		if a.n > u.s.extended.room[at] {
			return tooSmall
		}
		if a.n > u.s.extended.room[at]-u.extended[at] {
			out = full
		}
	}
	return out
}

// lacks words what a node has too little of.
func (u *usage) lacks(d *demand, node int) string {
	var out []string
	r, l := &u.s.room[node], &u.loads[node]
	say := func(what string, asked, has, used int64) {
		if asked > 0 && asked > has-used {
			out = append(out, "Insufficient "+what)
		}
	}
	if l.pods+1 > r.pods {
		out = append(out, "Too many pods")
	}
	say("cpu", d.cpu, r.cpu, l.cpu)
	say("memory", d.memory, r.memory, l.memory)
	say("ephemeral-storage", d.disk, r.disk, l.disk)
	var names []string
	for _, a := range d.scalars {
		at := a.id*len(u.s.nodes) + node
		if a.n > u.s.extended.room[at]-u.extended[at] {
			names = append(names, "Insufficient "+string(a.name))
		}
	}
	for _, name := range d.lacking {
		names = append(names, "Insufficient "+string(name))
	}
	slices.Sort(names)
	return strings.Join(append(out, names...), ", ")
}
